"""Ties as layers that are called in several places, which Keras's files keep."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import layers as nl
from netspec.errors import BackendError
from netspec.spec import Spec, save_params
from tests.backends.test_tied import TIED

found = ns.backends().get("keras")
if found is None or not found.installed:
    pytest.skip("Keras is not installed", allow_module_level=True)

WORDS = np.array([[0, 1, 2, 4]])
PAIR = Spec(
    "pair",
    (3, 4),
    [
        nl.Dense(4, name="a"),
        nl.LayerNorm(name="first"),
        nl.Residual([nl.Dense(4), nl.LayerNorm()]),
    ],
    ties={
        "2.body.0.weight": "a.weight",  # each has its own bias
        "first.weight": "2.body.1.weight",
        "first.bias": "2.body.1.bias",
    },
)


def agrees(spec: Spec, model: Any, x: Any, seed: int = 0) -> None:
    """Output and gradients are those of the reference."""
    backend, expected = ns.backend("keras"), ns.backend("numpy")
    kind = "float32"
    own = expected.compile(spec, seed=seed)
    cotangent = np.ones((len(x), *spec.output_shape), kind)
    with backend.quick():  # type: ignore[attr-defined]
        seen = backend.step(model, spec, x, cotangent)
    wanted = expected.step(own, spec, x, cotangent)
    assert np.allclose(seen.output, wanted.output, atol=1e-5)
    assert {*seen.grad_params} == {*wanted.grad_params} == {*spec.parameters()}
    for path, grad in wanted.grad_params.items():
        assert np.allclose(seen.grad_params[path], grad, atol=1e-4), path


def test_a_table_of_tokens_is_the_head_too() -> None:
    model: Any = ns.compile(TIED, "keras", seed=0)
    assert type(model.get_layer("tokens")).__name__ == "ReversibleEmbedding"
    assert len(model.weights) == len(TIED.parameters())
    agrees(TIED, model, WORDS)
    text = ns.backend("keras").source(TIED)
    assert "outputs = tokens(x, reverse=True)\n" in text
    assert text.count("layers.ReversibleEmbedding(") == 1


def test_layers_are_shared_whole_or_but_for_their_biases() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    model: Any = ns.compile(PAIR, "keras", seed=0)
    assert list(ns.backend("keras").params(model, PAIR)) == list(PAIR.parameters())
    agrees(PAIR, model, x)
    assert len(model.weights) == 5


def test_files_keep_the_tie(tmp_path: Path) -> None:
    import keras

    backend = ns.backend("keras")
    model: Any = ns.compile(TIED, "keras", seed=0)
    model.save(tmp_path / "net.keras")
    read = keras.saving.load_model(tmp_path / "net.keras", compile=False)
    assert len(read.weights) == len(TIED.parameters())
    agrees(TIED, read, WORDS)
    other = ns.compile(TIED, "keras", seed=1)
    model.save_weights(tmp_path / "net.weights.h5")
    other.load_weights(tmp_path / "net.weights.h5")
    agrees(TIED, other, WORDS)
    file = tmp_path / "net.py"
    file.write_text(backend.source(TIED, weights=True))
    save_params(tmp_path / "net.safetensors", TIED, ns.init_params(TIED, 0))
    module = runpy.run_path(str(file))
    net = module["build"]()
    module["load_weights"](net, str(tmp_path / "net.safetensors"))
    agrees(TIED, net, WORDS)


CONV = nl.Conv1D(3, kernel_size=1, name="conv")
REFUSED: dict[str, tuple[list[nl.Layer], dict[str, str]]] = {
    "roles": (
        [CONV, nl.PReLU(per_channel=True, name="slopes")],
        {"slopes.weight": "conv.bias"},
    ),
    "a part": (
        [nl.LayerNorm(name="a"), nl.LayerNorm(name="b")],
        {"b.weight": "a.weight"},
    ),
    "differ in an option": (
        [nl.RMSNorm(name="a"), nl.RMSNorm(eps=0.5, name="b")],
        {"b.weight": "a.weight"},
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_keras_cannot_share_is_refused(why: str) -> None:
    layers, ties = REFUSED[why]
    spec = Spec("odd", (3, 4), layers, ties=ties)
    path = next(iter(ties)).replace(".", r"\.")
    for refuse in (ns.backend("keras").source, ns.backend("keras").compile):
        with pytest.raises(BackendError, match=f"{path}: .* is tied to .*{why}.*torch"):
            refuse(spec)
