"""Models that Keras saves and reads, and whose weights keep their canonical paths."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import layers as nl
from netspec.conformance.cases import single_layers
from netspec.contract import Array, ListingBackend
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
    assert named["stem.weight"] == "stem/kernel"
    assert named["2.body.0.weight"] == "2-body-0/kernel"
    assert named["1.running_var"] == "1/moving_variance"
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


def test_weights_are_found_whatever_their_depth() -> None:
    """Keras sorts layers by their distance from the output."""
    from netspec_keras import variables

    long = [nl.Dense(3), nl.Tanh(), nl.Residual([nl.Dense(3)], shortcut=[nl.Dense(3)])]
    nodes = [
        nl.Node("a", [nl.Dense(3)]),
        nl.Node("b", [nl.Dense(3), nl.Dense(3)], reads=("input",)),
        nl.Node("c", [nl.Dense(3)], reads=("a", "b"), merge="add"),
    ]
    layers = [nl.Parallel([[nl.Dense(3)], long], merge="add"), nl.Graph(nodes)]
    spec = Spec("deep", (3,), layers)
    model: Any = ns.compile(spec, "keras", seed=0)
    assert type(model).__name__ == "Functional"
    for path, variable in variables(model, spec).items():
        layer, _, _ = path.rpartition(".")
        assert variable.path.split("/")[0] == layer.replace(".", "-")


def test_nets_in_a_row_are_sequential() -> None:
    body = [nl.Dense(3, name="inner"), nl.Repeat([nl.Dense(3)], 2)]
    spec = Spec("row", (3,), [nl.Sequential(body), nl.ReLU()])
    model: Any = ns.compile(spec, "keras", seed=0)
    assert type(model).__name__ == "Sequential"
    names = [layer.name for layer in model.layers]
    assert names == ["0-inner", "0-1-0-0", "0-1-1-0", "1"]


def test_the_last_state_is_all_that_a_recurrent_layer_gives() -> None:
    lstm = nl.LSTM(3, recurrent_bias=False)
    back = nl.LSTM(3, direction="reverse", recurrent_bias=False)
    first = [nl.Embedding(5, 4), lstm, nl.Select(1, -1)]
    words = Spec("words", (9,), first, "keras", input_dtype="int")
    text = ns.backend("keras").source(words)
    assert "layers.Embedding(5, 4), layers.LSTM(3)]" in text
    ways = nl.Parallel([[lstm, nl.Select(1, 8)], [back, nl.Select(1, 0)]])
    both = Spec("both", (9, 4), [ways], "keras")
    text = ns.backend("keras").source(both)
    assert "branch2 = layers.LSTM(3, go_backwards=True)(inputs)\n" in text
    other = nl.Parallel([[lstm, nl.Select(1, 0)], [back, nl.Select(1, -1)]])
    text = ns.backend("keras").source(Spec("other", (9, 4), [other], "keras"))
    assert text.count("return_sequences=True") == 2


def test_files_are_written_as_a_user_of_keras_would() -> None:
    block = [nl.Conv2D(8, kernel_size=3, padding=1), nl.ReLU(), nl.BatchNorm(eps=1e-3)]
    spec = Spec(
        "residual",
        (8, 4, 4),
        [nl.Repeat([nl.Residual(block)], 3), nl.Flatten(), nl.Dense(2, name="head")],
        "keras",
    )
    text = ns.backend("keras").source(spec)
    assert "    for _ in range(3):\n        x = block(x)\n" in text
    assert "    return layers.Add()([y, x])\n" in text
    assert '    outputs = layers.Dense(2, name="head")(x)\n' in text
    assert "Residual" not in text
    attends = Spec("attends", (5, 8), [nl.MultiHeadAttention(2, causal=True)])
    text = ns.backend("keras").source(attends)
    assert "(inputs, inputs, use_causal_mask=True)\n" in text
    assert "class" not in text


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


def test_nodes_may_have_any_name(tmp_path: Path) -> None:
    names = ["block", "x", "inputs", "layers", "keras", "build", "LeakyReLU", "sum"]
    block: list[nl.Layer] = [nl.Dense(3), nl.LeakyReLU(0.5)]
    before = [*zip(["input", *names], [*names, "y"], strict=True)]
    nodes = [nl.Node(own, block, reads=(read,)) for read, own in before]
    last = nl.Node("last", block, reads=(*names, "y", "input"), merge="add")
    spec = Spec("names", (3,), [nl.Graph([*nodes, last]), nl.Tanh()])
    own, params = ns.backend("keras"), init_params(spec, 0)
    path = tmp_path / "net.py"
    path.write_text(own.source(spec))
    net = runpy.run_path(str(path))["build"]()
    own.load_params(net, spec, params)
    x = np.ones((2, 3), np.float32)
    wanted = own.forward(own.compile(spec, params=params), spec, x)
    assert np.array_equal(own.forward(net, spec, x), wanted)


def test_a_listing_tells_of_every_layer() -> None:
    layers = [
        nl.Residual([nl.MultiHeadAttention(2, causal=True)]),
        *(nl.Reshape((2, 4, 5)), nl.Conv2D(3, kernel_size=2, padding=1), nl.Flatten()),
        *(nl.Reshape((9, 10)), nl.LSTM(3), nl.Select(1, -1)),
        nl.Graph(
            [nl.Node("a", [nl.Tanh()]), nl.Node("b", [nl.Dense(2)], reads=("a",))]
        ),
    ]
    spec = Spec("listed", (5, 8), layers, "keras")
    own = ns.backend("keras")
    assert isinstance(own, ListingBackend)
    listing = own.listing(spec).layers
    assert {*listing} == {node.path for node in spec.graph.walk()}
    assert listing["0"] == "layers.Add()([..., ...])"
    assert listing["0.body.0"].endswith("(..., ..., use_causal_mask=True)")
    assert listing["2"].startswith("layers.Conv2D(3, 2")
    assert "LSTM" in listing["5"]
    assert listing["6"] == listing["5"]
