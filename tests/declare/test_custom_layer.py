"""Layers and initializers of a user: in Python, YAML, JSON, schema and weights."""

from __future__ import annotations

from dataclasses import KW_ONLY
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import netspec as ns
from netspec import Field, Parameter, Shape, Spec, SpecError
from netspec.contract import check_input
from netspec.declare import rules
from netspec.init import INITIALIZERS, distributions
from netspec.layers import LAYERS, Chain, Container


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    for registry in (LAYERS, INITIALIZERS):
        monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))


def scale_layer() -> Any:
    @ns.layer
    class Amplify(ns.Parametric):
        """``weight * x ** power``."""

        power: Field[float, float] = Field(rules.POSITIVE, default=1)
        _: KW_ONLY
        shared: Field[bool, bool] = Field(rules.BOOL, default=False)

        def output_shape(self, shape: Shape) -> Shape:
            return shape

        def parameters(self, shape: Shape) -> dict[str, Parameter]:
            size = (1,) if self.shared else shape[:1]
            return {"weight": Parameter(size, ("channels",), "scale")}

    return Amplify


def scaled(kind: Any) -> Spec:
    layers = [ns.Residual([kind(2, shared=True)]), kind(init={"weight": ns.Normal()})]
    return Spec("scaled", (6, 4), layers)


def test_it_is_a_layer_like_any_other(tmp_path: Path) -> None:
    spec = scaled(scale_layer())
    assert Spec.from_dict(spec.to_dict()) == spec
    for name in ("spec.yaml", "spec.json"):
        spec.save(tmp_path / name)
        assert ns.load(tmp_path / name) == spec
    assert repr(spec.layers[1]) == "Amplify(init={'weight': Normal()})"
    assert spec.shapes() == {"0": (6, 4), "0.body.0": (6, 4), "1": (6, 4)}
    assert "Amplify(2.0, shared=True)" in spec.summary()


def test_its_weights_are_drawn_and_saved(tmp_path: Path) -> None:
    spec = scaled(scale_layer())
    drawn = ns.init_params(spec, 0)
    assert {path: array.shape for path, array in drawn.items()} == {
        "0.body.0.weight": (1,),
        "1.weight": (6,),
    }
    assert drawn["0.body.0.weight"] == [1]
    ns.save_params(tmp_path / "weights", spec, drawn)
    found, loaded = ns.load_params(tmp_path / "weights")
    assert found == spec
    assert np.array_equal(loaded["1.weight"], drawn["1.weight"])


def test_it_is_in_the_schema() -> None:
    spec = scaled(scale_layer())
    schema = ns.json_schema()
    jsonschema.validate(spec.to_dict(), schema)
    definition = schema["$defs"]["Amplify"]
    assert definition["description"] == "``weight * x ** power``."
    assert definition["properties"]["power"] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 1.0,
    }


def test_it_is_checked_like_any_other() -> None:
    kind = scale_layer()
    with pytest.raises(
        SpecError, match=r"^Amplify\(power=0\): power must be a positive"
    ):
        kind(0)
    document = scaled(kind).to_dict()
    document["layers"][1]["shred"] = True
    with pytest.raises(SpecError, match="Amplify has no field 'shred'; did you mean"):
        Spec.from_dict(document)


def test_a_file_with_an_unknown_layer_is_refused() -> None:
    document = scaled(scale_layer()).to_dict()
    LAYERS._kinds.pop("Amplify")
    with pytest.raises(
        SpecError, match=r"^layers\[0\].body\[0\] unknown layer 'Amplify'"
    ):
        Spec.from_dict(document)


def test_a_name_has_one_owner() -> None:
    with pytest.raises(SpecError, match="Dense: a layer of this name is already"):

        @ns.layer
        class Dense(ns.Layer):
            pass


def test_the_same_class_may_be_defined_again() -> None:
    """A notebook cell that runs twice."""
    first, second = scale_layer(), scale_layer()
    assert LAYERS["Amplify"] is second is not first


def test_plain_fields_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Plain\.units is a plain dataclass field"):

        @ns.layer
        class Plain(ns.Layer):
            units: int = 3


def test_a_layer_without_a_shape_says_what_is_missing() -> None:
    @ns.layer
    class Shapeless(ns.Layer):
        """No output_shape."""

    with pytest.raises(NotImplementedError, match=r"Shapeless\.output_shape"):
        Spec("shapeless", (3,), [Shapeless()])


def test_an_initializer_of_a_user() -> None:
    @ns.initializer
    class Half(ns.Initializer):
        """U(0, high)."""

        high: Field[float, float] = Field(rules.POSITIVE)

        def law(self, parameter: Parameter) -> distributions.Law:
            return distributions.Uniform(0.0, self.high)

    spec = Spec("half", (3,), [ns.Dense(2)], init=ns.InitPolicy(Half(4)))
    assert Spec.from_dict(spec.to_dict()) == spec
    jsonschema.validate(spec.to_dict(), ns.json_schema())
    drawn = ns.init_params(spec, 0)["0.weight"]
    assert 0 <= drawn.min() <= drawn.max() < 4


def same_shape(shape: Shape) -> Shape:
    return shape


def custom(output: Any = same_shape, **members: Any) -> Any:
    """A layer whose methods return what they are given here."""
    body = {"output_shape": lambda self, shape: output(shape), **members}
    kind: Any = type("Odd", (ns.Layer,), body)
    return ns.layer(kind)()


@pytest.mark.parametrize("output", [lambda shape: [3], lambda shape: None])
def test_a_shape_that_is_none_is_refused(output: Any) -> None:
    with pytest.raises(SpecError, match=r"layers\[0\] Odd\(\): a shape must be"):
        Spec("odd", (3,), [custom(output)])


def test_a_role_that_nothing_draws_is_refused() -> None:
    def parameters(self: ns.Layer, shape: Shape) -> dict[str, Parameter]:
        return {"gate": Parameter(shape, ("channels",), "gate")}

    layer = custom(parameters=parameters)
    with pytest.raises(SpecError, match=r"nothing draws 0\.gate, of role 'gate'"):
        Spec("gated", (3,), [layer])
    rule = ns.InitRule("*.gate", ns.Ones())
    spec = Spec("gated", (3,), [layer], init=ns.InitPolicy(rules=[rule]))
    assert (ns.init_params(spec, 0)["0.gate"] == 1).all()


def test_a_layer_may_read_integers() -> None:
    spec = Spec("one-hot", (3,), [custom(reads="int")], input_dtype="int")
    check_input(spec, np.array([[0, 7, 2]]), "float32")
    with pytest.raises(ns.InputError, match="x must hold integers"):
        check_input(spec, np.zeros((1, 3)), "float32")


def container(*chains: Chain, **members: Any) -> Any:
    methods = {
        "chains": lambda self: chains,
        "join": lambda self, shape, outputs: outputs[0],
    }
    kind: Any = type("Box", (Container,), methods | members)
    return ns.layer(kind)()


@pytest.mark.parametrize(
    ("box", "problem"),
    [
        (lambda: container(Chain("a", ("a",), ())), "a chain needs at least one layer"),
        (
            lambda: container(*[Chain("a", ("a",), (ns.ReLU(),))] * 2),
            "each of its chains needs a key of its own",
        ),
        (
            lambda: container(
                Chain(None, ("a",), (ns.ReLU(), ns.ReLU(name="b"))),
                Chain("b", ("b",), (ns.ReLU(),)),
            ),
            "each of its chains needs a key of its own",
        ),
        (
            lambda: container(
                Chain("a", ("a",), (ns.ReLU(),)),
                parameters=lambda self, shape: {"b": Parameter((1,), ("b",), "bias")},
            ),
            "a container has no parameters; declare them in a layer in it",
        ),
    ],
)
def test_a_container_that_would_lose_parameters_is_refused(
    box: Any, problem: str
) -> None:
    with pytest.raises(SpecError, match=problem):
        Spec("box", (3,), [box()])
