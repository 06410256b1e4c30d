"""The JSON Schema accepts what `Spec` accepts, and refuses wrong fields and types."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec import Dense, Spec, SpecError, json_schema
from netspec.fuzzing.strategies import specs
from netspec.init import INITIALIZERS
from netspec.layers import LAYERS
from netspec.spec.documents import parse_yaml
from tests.generated.files import COMMAND
from tests.spec.test_spec import CNN, MLP, mutated

SPECS = Path(__file__).parents[2] / "examples" / "specs"


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema())


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_published_file_is_what_the_command_prints() -> None:
    # in a process of its own, where no test has registered a layer
    command = [sys.executable, "-m", "netspec", "schema"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    published = (SPECS / "schema.json").read_text(encoding="utf-8")
    assert printed == published, f"schema.json is stale; run: {COMMAND}"


@pytest.mark.parametrize(
    "path", sorted(SPECS.glob("*.yaml")), ids=lambda path: path.name
)
def test_editors_find_the_schema(path: Path) -> None:
    first, *_ = path.read_text(encoding="utf-8").splitlines()
    assert first == "# yaml-language-server: $schema=schema.json"
    validator().validate(parse_yaml(path.read_text(encoding="utf-8")))


def ours(kind: type) -> bool:
    """Whether it is of netspec, and not of another test."""
    return kind.__module__.startswith("netspec.")


SCHEMA = json_schema()
STRANGE = {n for r in (LAYERS, INITIALIZERS) for n in r if not ours(r[n])}
OBJECTS = {"Spec": SCHEMA} | {
    name: found
    for name, found in SCHEMA["$defs"].items()
    if "properties" in found and name not in STRANGE
}


@pytest.mark.parametrize("name", OBJECTS)
def test_everything_is_described(name: str) -> None:
    assert OBJECTS[name]["description"]
    for field, told in OBJECTS[name]["properties"].items():
        constant = told.keys() == {"const"}
        assert constant or told["description"], f"document {field} under Attributes:"


@pytest.mark.parametrize("name", OBJECTS)
def test_a_default_is_stated_and_accepted(name: str) -> None:
    required = {*OBJECTS[name]["required"], "netspec", "type"}
    for field, told in OBJECTS[name]["properties"].items():
        assert ("default" in told) == (field not in required)
        if "default" in told:
            validator().evolve(schema=told).validate(told["default"])


@given(specs())
def test_every_spec_is_accepted(spec: Spec) -> None:
    validator().validate(spec.to_dict())


@given(st.data())
def test_what_is_refused_is_no_spec(data: st.DataObject) -> None:
    document = data.draw(mutated(data.draw(specs()).to_dict()))
    if not validator().is_valid(document):
        with pytest.raises(SpecError):
            Spec.from_dict(document)


PLAIN = Spec("plain", (3,), [Dense(4)]).to_dict()


def with_layer(**fields: object) -> dict[str, Any]:
    return PLAIN | {"layers": [{"type": "Dense", "units": 4} | fields]}


@pytest.mark.parametrize(
    "document",
    [
        PLAIN | {"unknown": 1},
        PLAIN | {"netspec": 2},
        PLAIN | {"netspec": "1"},
        PLAIN | {"input_shape": [0]},
        PLAIN | {"input_shape": 3},
        PLAIN | {"layers": []},
        PLAIN | {"init": "tourch"},
        PLAIN | {"name": ""},
        PLAIN | {"name": "two\nlines"},
        {key: value for key, value in PLAIN.items() if key != "layers"},
        with_layer(units="64"),
        with_layer(units=True),
        with_layer(units=0),
        with_layer(units=1.5),
        with_layer(units=2**31),
        with_layer(bias=1),
        with_layer(name="a.b"),
        with_layer(type="Dens"),
        with_layer(unit=3),
        with_layer(init={"weight": {"type": "Normal", "std": -1}}),
        with_layer(init={"weight": "Normal"}),
    ],
)
def test_wrong_documents_are_refused_by_both(document: dict[str, Any]) -> None:
    assert not validator().is_valid(document)
    with pytest.raises(SpecError):
        Spec.from_dict(document)


@pytest.mark.parametrize("spec", [MLP, CNN])
def test_shorthand_is_accepted_by_both(spec: Spec) -> None:
    document = spec.to_dict() | {"init": None}
    validator().validate(document)
    Spec.from_dict(document | {"init": "he"})
