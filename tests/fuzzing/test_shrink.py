"""Specs that fail become small, whatever fails in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from netspec import layers as nl
from netspec.fuzzing import draw_spec, shrink
from netspec.init import InitPolicy, InitRule, Normal
from netspec.layers import Layer
from netspec.spec import Spec

DEEP = Spec(
    "a long name",
    (3, 6, 5),
    [
        nl.Tanh(name="first"),
        nl.Residual(
            [
                nl.Sequential([nl.Conv2D(6, kernel_size=3, padding=1, stride=(2, 1))]),
                nl.LayerNorm(0.0078125, axes=2, init={"weight": Normal(0.3)}),
            ],
            shortcut=[nl.Conv2D(6, kernel_size=3, padding=1, stride=(2, 1))],
        ),
        nl.Flatten(),
        nl.Dense(7),
    ],
    init=InitPolicy(rules=[InitRule("*bias", Normal(0.5))]),
)
TABLE = Spec("table", (4,), [nl.Embedding(5, dim=3), nl.Softmax()], input_dtype="int")


Fails = Callable[[Spec], bool]


def holds(kind: type[Layer], wanted: Callable[[Any], bool] = bool) -> Fails:
    """Whether a spec has a layer of a kind with a property."""
    return lambda spec: any(
        isinstance(node.layer, kind) and wanted(node.layer)
        for node in spec.graph.walk()
    )


@pytest.mark.parametrize(
    ("spec", "fails", "layers"),
    [
        (DEEP, holds(nl.Dense), (nl.Dense(1),)),
        (DEEP, holds(nl.LayerNorm), (nl.LayerNorm(),)),
        (DEEP, holds(nl.LayerNorm, lambda n: n.eps > 1e-3), (nl.LayerNorm(1.0),)),
        (
            DEEP,
            holds(nl.Conv2D, lambda n: n.stride[0] != n.stride[1]),
            (nl.Conv2D(1, kernel_size=(1, 1), stride=(2, 1)),),
        ),
        (DEEP, holds(nl.Residual), (nl.Residual([nl.Identity()]),)),
        (TABLE, holds(nl.Embedding), (nl.Embedding(1, dim=1),)),
        (TABLE, holds(nl.Softmax), (nl.Softmax(),)),
    ],
)
def test_one_layer_is_left(spec: Spec, fails: Fails, layers: tuple[Layer, ...]) -> None:
    small = shrink(spec, fails)
    assert small.layers == layers
    assert sum(small.input_shape) <= 2 + len(small.input_shape)
    assert small.init == Spec("default", (1,), [nl.Tanh()]).init


def test_what_is_shrunk_fails_and_is_left_alone_when_shrunk_again() -> None:
    fails = holds(nl.Layer, lambda layer: layer.reads != "int")
    for number in range(20):
        small = shrink(draw_spec(3, number), fails)
        assert fails(small)
        assert shrink(small, fails) == small


def test_there_is_an_end_to_trying() -> None:
    calls = []

    def fails(spec: Spec) -> bool:
        calls.append(spec)
        return True

    shrink(DEEP, fails, most=5)
    assert len(calls) <= 6
