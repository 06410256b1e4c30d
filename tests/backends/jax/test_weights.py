"""An exported file that reads its weights from a file beside it."""

from __future__ import annotations

import runpy
from pathlib import Path

import jax
import numpy as np
import pytest

from netspec import layers as nl
from netspec.spec import Spec, init_params, save_params
from netspec_jax import backend
from netspec_jax._modes import enable_x64

WORDS = [
    nl.Embedding(11, dim=4),
    nl.Permute((2, 1)),
    nl.Conv1D(3, kernel_size=3),
    nl.BatchNorm(),
    nl.LayerNorm(axes=2),
    nl.Dense(5, name="head"),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_file_reads_its_weights(tmp_path: Path, dtype: str) -> None:
    spec = Spec("words", (7,), WORDS, input_dtype="int")
    (tmp_path / "net.py").write_text(backend.source(spec, dtype=dtype, weights=True))
    save_params(tmp_path / "net.safetensors", spec, init_params(spec, 3, dtype))
    with enable_x64(dtype == "float64"):
        module = runpy.run_path(str(tmp_path / "net.py"))
        trees = module["load_weights"](module["net"], str(tmp_path / "net.safetensors"))
        model = backend.compile(spec, seed=3, dtype=dtype)
        same = jax.tree.map(np.array_equal, trees, (model.params, model.state))
    assert jax.tree.all(same)
    assert {leaf.dtype.name for leaf in jax.tree.leaves(trees)} == {dtype}


@pytest.mark.parametrize(
    ("layers", "problem"),
    [
        (WORDS[:1], "more than the weights"),
        ([*WORDS, nl.Dense(2)], r"does not hold 6\.(weight|bias)"),
        ([*WORDS[:-1], nl.Dense(4, name="head")], r"head\.(weight|bias) is not that"),
    ],
)
def test_weights_of_another_net_are_refused(
    tmp_path: Path, layers: list[nl.Layer], problem: str
) -> None:
    spec = Spec("words", (7,), WORDS, input_dtype="int")
    other = Spec("other", (7,), layers, input_dtype="int")
    (tmp_path / "net.py").write_text(backend.source(other, weights=True))
    save_params(tmp_path / "net.safetensors", spec, init_params(spec, 3))
    module = runpy.run_path(str(tmp_path / "net.py"))
    with pytest.raises(ValueError, match=problem):
        module["load_weights"](module["net"], str(tmp_path / "net.safetensors"))
