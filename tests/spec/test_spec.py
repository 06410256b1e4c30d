"""Specs as data: equality, documents, shapes, parameters."""

from __future__ import annotations

import copy
import math
import pickle
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netspec as ns
from netspec import Spec, SpecError
from netspec.fuzzing.strategies import shapes, specs
from netspec.layers import LAYERS

NAMESPACE = {name: getattr(ns, name) for name in ns.__all__}

MLP = Spec(
    name="mlp",
    input_shape=(784,),
    layers=[
        ns.Dense(256),
        ns.BatchNorm(),
        ns.ReLU(),
        ns.Dropout(0.3),
        ns.Residual([ns.Dense(256), ns.ReLU(), ns.Dense(256)]),
        ns.ReLU(),
        ns.Dense(10, name="head", init={"weight": ns.Zeros()}),
    ],
    init=ns.InitPolicy(
        ns.KaimingNormal("relu"), rules=[ns.InitRule("4.body.2.weight", ns.Zeros())]
    ),
)
CNN = Spec(
    name="cnn",
    input_shape=[3, 32, 24],
    layers=[
        ns.Conv2D(8, kernel_size=(3, 5), padding="same", name="stem"),
        ns.Parallel(
            [
                [ns.Conv2D(4, kernel_size=1, bias=False)],
                [ns.AvgPool2D(3, stride=1, padding=1), ns.LeakyReLU(0.2)],
            ]
        ),
        ns.Pad2D(((1, 0), (0, 1))),
        ns.GlobalAvgPool2D(),
        ns.LogSoftmax(),
    ],
    init="torch",
)


@given(specs())
def test_a_document_gives_the_spec_back(spec: Spec) -> None:
    again = Spec.from_dict(spec.to_dict())
    assert again == spec
    assert hash(again) == hash(spec)
    assert again.digest == spec.digest
    assert again.to_json() == spec.to_json()


@given(specs())
def test_repr_evaluates_to_the_spec(spec: Spec) -> None:
    assert eval(repr(spec), NAMESPACE) == spec


@given(specs())
def test_specs_can_be_pickled_and_copied(spec: Spec) -> None:
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert copy.deepcopy(spec) == spec


@given(specs(), specs())
def test_digests_differ_where_specs_do(one: Spec, other: Spec) -> None:
    assert (one.digest == other.digest) == (one == other)


@given(specs())
def test_shapes_and_parameters_follow_the_layers(spec: Spec) -> None:
    found = spec.shapes()
    assert list(found) == [node.path for node in spec.graph.walk()]
    assert found[spec.graph.nodes[-1].path] == spec.output_shape
    for path, parameter in spec.parameters().items():
        assert any(path.startswith(f"{layer}.") for layer in found)
        assert len(parameter.axes) == len(parameter.shape)
        assert parameter.size == math.prod(parameter.shape)
        assert parameter.initializer is not None
    for before, after in pairwise(spec.graph.nodes):
        assert before.output_shape == after.input_shape


@given(specs())
def test_without_dropout_keeps_every_path(spec: Spec) -> None:
    plain = spec.without_dropout()
    assert plain.shapes() == spec.shapes()
    assert plain.parameters() == spec.parameters()
    assert not any(isinstance(node.layer, ns.Dropout) for node in plain.graph.walk())
    assert plain.without_dropout() == plain


@given(specs())
def test_summary_shows_every_layer_and_the_total(spec: Spec) -> None:
    lines = spec.summary().splitlines()
    assert lines[0].startswith(f"{spec.name}: input")
    rows = [line.split("  ")[0] for line in lines[3:-2]]
    assert rows == list(spec.shapes())
    trainable = sum(p.size for p in spec.parameters().values() if p.trainable)
    assert lines[-1].startswith(f"{trainable:,} trainable parameters")


def test_html_shows_names_as_text() -> None:
    spec = Spec("<script>", (3,), [ns.Dense(3)])
    assert "<script>" not in spec._repr_html_()
    assert "&lt;script&gt;" in spec._repr_html_()


@pytest.mark.parametrize(
    ("spec", "digest"),
    [
        (MLP, "ba23c9f17395f32fbdda262ef241c755beb794cf434e700b981a179af8dca023"),
        (CNN, "a30eec5c4bdc596fb1ebb7ed0ad7b75ab67f49d6a09a25c5135bc113c5c804a5"),
    ],
)
def test_digests_are_frozen(spec: Spec, digest: str) -> None:
    """A changed digest breaks every file that was ever written: format version 1."""
    assert spec.digest == digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ns.Conv2D(8, kernel_size=3), ns.Conv2D(8, kernel_size=[3, 3], bias=True)),
        (ns.Conv2D(8, kernel_size=3, padding=0), ns.Conv2D(8, kernel_size=(3, 3))),
        (ns.ELU(1), ns.ELU(1.0)),
        (ns.LeakyReLU(-0.0), ns.LeakyReLU(0)),
        (ns.Reshape([2, 3]), ns.Reshape((2, 3))),
        (ns.Sequential([ns.ReLU()]), ns.Sequential((ns.ReLU(),))),
        (ns.Dense(3, init={}), ns.Dense(3)),
    ],
)
def test_values_are_canonical(one: ns.Layer, other: ns.Layer) -> None:
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)


@pytest.mark.parametrize("init", ["torch", "gluon", "keras", "he", "glorot"])
def test_presets_go_by_name(init: str) -> None:
    spec = Spec("preset", (3,), [ns.Dense(2)], init=init)
    assert isinstance(spec.init, ns.InitPolicy)
    assert Spec.from_dict(spec.to_dict() | {"init": init}) == spec


def test_declarations_are_frozen() -> None:
    for declared in (MLP, MLP.init, MLP.layers[0], ns.Zeros()):
        for name in ("name", "units", "weight", "new"):
            with pytest.raises(AttributeError, match=f"assign to field '{name}'"):
                setattr(declared, name, 1)
            with pytest.raises(AttributeError, match=f"delete field '{name}'"):
                delattr(declared, name)


def test_kinds_without_fields_differ() -> None:
    assert ns.ReLU() != ns.Tanh()
    assert len({ns.ReLU(), ns.Tanh(), ns.Zeros(), ns.Ones(), ns.ReLU()}) == 4


# Output shapes as the papers and the frameworks' documentation state them
SHAPES: list[tuple[ns.Shape, ns.Layer, ns.Shape]] = [
    ((3, 224, 224), ns.Conv2D(64, kernel_size=7, stride=2, padding=3), (64, 112, 112)),
    ((3, 227, 227), ns.Conv2D(96, kernel_size=11, stride=4), (96, 55, 55)),
    ((1, 28, 28), ns.Conv2D(6, kernel_size=5, padding=2), (6, 28, 28)),
    ((16, 50, 100), ns.Conv2D(33, kernel_size=(3, 5), stride=(2, 1), padding=(4, 2),
                              dilation=(3, 1)), (33, 26, 100)),
    ((16, 50), ns.Conv1D(33, kernel_size=3, stride=2), (33, 24)),
    ((64, 112, 112), ns.MaxPool2D(3, stride=2, padding=1), (64, 56, 56)),
    ((192, 28, 28), ns.MaxPool2D(3, stride=2, ceil_mode=True), (192, 14, 14)),
    ((1, 4), ns.MaxPool1D(2, stride=3, padding=1, ceil_mode=True), (1, 2)),
    ((1, 5), ns.AvgPool1D(2, ceil_mode=True), (1, 3)),
    ((512, 7, 7), ns.GlobalAvgPool2D(), (512,)),
    ((512, 7, 7), ns.GlobalMaxPool2D(keepdims=True), (512, 1, 1)),
    ((512, 7, 7), ns.Flatten(), (25088,)),
    ((), ns.Flatten(), (1,)),
    ((6, 4), ns.Reshape((3, 8)), (3, 8)),
    ((28, 20, 3), ns.Permute((3, 1, 2)), (3, 28, 20)),
    ((3, 28, 20), ns.Pad2D(((1, 2), (3, 4))), (3, 31, 27)),
    ((5, 7), ns.Dense(3), (5, 3)),
    ((8, 9), ns.Parallel([[ns.Dense(2)], [ns.Dense(3)]], axis=-1), (8, 5)),
    ((8, 9), ns.Parallel([[ns.ReLU()], [ns.Tanh()]]), (16, 9)),
    ((8, 9), ns.Parallel([[ns.ReLU()], [ns.Tanh()]], merge="add"), (8, 9)),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "layer", "output"), SHAPES)
def test_output_shapes(shape: ns.Shape, layer: ns.Layer, output: ns.Shape) -> None:
    assert Spec("shape", shape, [layer]).output_shape == output


def test_parameter_paths_are_those_of_sequential() -> None:
    assert list(MLP.parameters()) == [
        "0.weight", "0.bias",
        "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "4.body.0.weight", "4.body.0.bias", "4.body.2.weight", "4.body.2.bias",
        "head.weight", "head.bias",
    ]  # fmt: skip
    assert list(CNN.parameters()) == ["stem.weight", "stem.bias", "1.0.0.weight"]


def test_parameters_state_layout_and_fans() -> None:
    weight = CNN.parameters()["stem.weight"]
    assert weight.shape == (8, 3, 3, 5)
    assert weight.axes == ("out", "in", "height", "width")
    assert (weight.fan_in, weight.fan_out) == (45, 120)
    bias = CNN.parameters()["stem.bias"]
    assert (bias.role, bias.fan_in) == ("bias", 45)
    running = MLP.parameters()["1.running_var"]
    assert not running.trainable


def test_own_init_wins_over_rules_which_win_over_roles() -> None:
    found = MLP.parameters()
    assert found["0.weight"].initializer == ns.KaimingNormal("relu")
    assert found["4.body.2.weight"].initializer == ns.Zeros()
    assert found["head.weight"].initializer == ns.Zeros()
    assert found["1.weight"].initializer == ns.Ones()


@given(st.data())
def test_mutated_documents_fail_clearly_or_round_trip(data: st.DataObject) -> None:
    document = data.draw(specs()).to_dict()
    check_document(data.draw(mutated(document)))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([*LAYERS, "Zeros", "torch", "same"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.sampled_from(["type", "name", "init"]), inner)
    ),
    max_leaves=20,
)


@given(json_values | st.dictionaries(st.just("netspec"), json_values))
def test_arbitrary_json_fails_clearly(document: Any) -> None:
    check_document(document)


@given(st.fixed_dictionaries(
    {"netspec": st.just(1), "name": st.text(), "input_shape": st.lists(st.integers()),
     "layers": st.lists(st.dictionaries(st.sampled_from(["type", "units", "name"]),
                                        json_values))},
    optional={"init": json_values, "input_dtype": json_values},
))  # fmt: skip
def test_almost_specs_fail_clearly_or_round_trip(document: Any) -> None:
    check_document(document)


def check_document(document: Any) -> None:
    try:
        spec = Spec.from_dict(document)
    except SpecError as error:
        said = error.lines()
    else:
        assert Spec.from_dict(spec.to_dict()) == spec
        return
    assert said
    assert all(0 < len(line) < 2000 and "\n" not in line for line in said)


@st.composite
def mutated(draw: st.DrawFn, document: Any) -> Any:
    """The document with a random part dropped or replaced."""
    if isinstance(document, dict | list) and document and draw(st.integers(0, 4)):
        keys = list(document) if isinstance(document, dict) else range(len(document))
        key = draw(st.sampled_from(keys))
        changed = copy.copy(document)
        if draw(st.integers(0, 5)) == 0:
            del changed[key]
        else:
            changed[key] = draw(mutated(document[key]))
        return changed
    return draw(json_values)


@given(shapes((1, 2, 3)))
def test_a_container_of_one_layer_is_that_layer(shape: ns.Shape) -> None:
    inner = ns.Dense(4)
    nested = Spec("nested", shape, [ns.Sequential([inner])])
    assert nested.output_shape == Spec("plain", shape, [inner]).output_shape
    assert list(nested.parameters()) == ["0.0.weight", "0.0.bias"]
