"""An exported file holds what many modules define: none takes the name of another."""

from __future__ import annotations

import pytest

import netspec as ns
from netspec import Conv2D, Graph, Node, Parallel, Spec

# Windows, sizes and merges, each of which a module of its own defines
EVERYTHING = Spec(
    "everything",
    (2, 8, 8),
    [
        Conv2D(2, kernel_size=3, stride=2, padding=1),
        *(ns.MaxPool2D(2, padding=1), ns.Upsample2D(2), ns.Upsample2D(size=(5, 5))),
        ns.ConvTranspose2D(2, kernel_size=2, stride=2, padding=1, output_padding=1),
        *(ns.Upsample2D(2, mode="linear"), ns.AvgPool2D(3, stride=2, padding=(0, 1))),
        *(Parallel([[ns.ReLU()], [ns.Tanh()]], merge=m) for m in ("add", "multiply")),
        Graph(
            [
                Node("a", [Parallel([[ns.ReLU()], [ns.Tanh()]], merge="maximum")]),
                Node("b", [ns.Tanh()], reads=["a", "input"], merge="add"),
                Node("c", [ns.Tanh()], reads=["a", "b"], merge="maximum"),
            ]
        ),
    ],
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("framework", ["torch", "gluon", "jax", "flax"])
def test_no_name_is_taken_twice(framework: str, dtype: str) -> None:
    if not ns.backends()[framework].installed:
        pytest.skip(f"{framework} is not installed")
    source = ns.backend(framework).source(EVERYTHING, dtype=dtype, weights=True)
    compile(source, "everything.py", "exec")
