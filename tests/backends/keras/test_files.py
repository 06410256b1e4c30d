"""Models that Keras saves and reads, and whose weights keep their canonical paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import layers as nl
from netspec.conformance.cases import single_layers
from netspec.contract import Array
from netspec.errors import BackendError
from netspec.spec import Spec, init_params

found = ns.backends().get("keras")
if found is None or not found.installed:
    pytest.skip("Keras is not installed", allow_module_level=True)

NET = Spec(
    "net",
    (3, 6, 5),
    [
        nl.Conv2D(4, kernel_size=3, padding=1, name="stem"),
        nl.BatchNorm(),
        nl.Residual(
            [nl.Conv2D(4, kernel_size=1, bias=False), nl.PReLU()],
            shortcut=[nl.Conv2D(4, kernel_size=1)],
        ),
        nl.Parallel([[nl.Identity()], [nl.MaxPool2D(3, stride=1, padding=1)]]),
        nl.Flatten(),
        nl.Dense(8),
        nl.Reshape((4, 2)),
        nl.GRU(3),
        nl.LSTM(2, direction="reverse"),
        nl.Dense(2, name="head"),
    ],
)
X = np.random.default_rng(0).normal(size=(2, 3, 6, 5)).astype(np.float32)


def compiled(seed: int) -> tuple[Any, dict[str, Array]]:
    params = init_params(NET, seed)
    return ns.compile(NET, "keras", params=params), params


def output(model: Any) -> Array:
    return ns.backend("keras").forward(model, NET, X)


def test_weights_keep_their_canonical_paths() -> None:
    from netspec_keras import variables

    model, params = compiled(0)
    back = ns.backend("keras").params(model, NET)
    assert list(back) == list(params)
    assert all(np.array_equal(back[path], params[path]) for path in params)
    named = {path: v.path for path, v in variables(model, NET).items()}
    assert named["stem.weight"].endswith("/stem/kernel")
    assert named["2.body.0.weight"].endswith("/2/body/0/kernel")
    assert named["1.running_var"].endswith("/1/moving_variance")
    assert named["7.bias_ih_l0"] == named["7.bias_hh_l0"]


@pytest.mark.slow
def test_a_model_survives_keras_files(tmp_path: Path) -> None:
    import keras

    model, params = compiled(0)
    wanted = output(model)
    model.save(tmp_path / "net.keras")
    read = keras.saving.load_model(tmp_path / "net.keras", compile=False)
    assert np.array_equal(output(read), wanted)
    again = ns.backend("keras").params(read, NET)
    assert all(np.array_equal(again[path], params[path]) for path in params)
    assert [layer.name for layer in read.layers] == [la.name for la in model.layers]
    model.save_weights(tmp_path / "net.weights.h5")
    other, _ = compiled(1)
    assert not np.array_equal(output(other), wanted)
    other.load_weights(tmp_path / "net.weights.h5")
    assert np.array_equal(output(other), wanted)


def test_float64_is_refused() -> None:
    with pytest.raises(BackendError, match="computes in float32 alone"):
        ns.compile(NET, "keras", seed=0, dtype="float64")
    with pytest.raises(BackendError, match="use dtype='float32'"):
        ns.backend("keras").source(NET, dtype="float64")


def test_ties_are_refused() -> None:
    layers = [nl.Embedding(5, dim=4, name="tokens"), nl.Dense(5, name="head")]
    ties = {"head.weight": "tokens.weight"}
    spec = Spec("tied", (3,), layers, input_dtype="int", ties=ties)
    with pytest.raises(BackendError, match=r"head\.weight: is tied to tokens"):
        ns.compile(spec, "keras", seed=0)


def test_a_process_holds_one_engine() -> None:
    ns.compile(Spec("one", (2,), [nl.Dense(1)]), "keras", seed=0)
    with pytest.raises(BackendError, match="a process of its own"):
        ns.compile(NET, "keras-torch", seed=0)


def test_every_layer_can_be_exported() -> None:
    keras = ns.backend("keras")
    for spec in single_layers().values():
        text = keras.source(spec, weights=True)
        compile(text, spec.name, "exec")
        assert "netspec_keras" not in text
