"""Every layer of ours is whole; what one lacks is named, with the file it belongs in.

A layer is registered where it is declared; nothing else lists it. So whoever forgets a
case, a reference or a lowering is told here, not by a skipped comparison. That it is
exported is told by `test_exports.py`, without which nothing here can be imported.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from hypothesis import strategies as st

import netspec
from netspec import reference
from netspec.conformance.cases import single_layers
from netspec.contract import dtypes_of
from netspec.declare import Field, declare, fields_of
from netspec.declare.rules import Rule
from netspec.errors import BackendError, NetspecError
from netspec.fuzzing.strategies import (
    CATALOG,
    KINDS,
    SHAPES,
    Place,
    Values,
    own_fields,
    starts,
    values,
)
from netspec.layers import LAYERS, Container, Layer
from netspec.spec import Spec, json_schema
from tests.architecture.imports import ROOT, modules
from tests.generated.files import COMMAND

CASES = "netspec/conformance/cases/_catalog.py"
SPECS = tuple(single_layers().values())
SCHEMA = "examples/specs/schema.json"
BACKENDS = sorted(
    found[1]
    for name in modules()
    if (found := re.fullmatch(r"netspec_(\w+)\.layers", name))
)


def family(kind: type[Layer]) -> str:
    """The file of a layer and, in other folders, of its reference and lowerings."""
    return kind.__module__.rpartition(".")[2] + ".py"


def cases_of(kind: type[Layer]) -> list[Layer]:
    return [layer for _, layer in CATALOG if type(layer) is kind]


def has_case(kind: type[Layer]) -> str:
    if cases_of(kind):
        return ""
    return f"has no case in the catalog: add one to {CASES}"


def has_case_of_every_option(kind: type[Layer]) -> str:
    """Cases of a layer of another rank count: ``Conv2D`` is a ``Conv1D`` with an axis
    more.
    """
    stem = re.sub(r"\dD$", "", kind.__name__)
    kinds = {LAYERS[n] for n in LAYERS if re.sub(r"\dD$", "", n) == stem} | {kind}
    cases = [case for other in kinds for case in cases_of(other)]
    fields = fields_of(kind)
    alike = [
        name
        for name in own_fields(kind)
        if all(getattr(case, name) == fields[name].default for case in cases)
    ]
    if not alike:
        return ""
    return f"has only cases with the default of {', '.join(alike)}: add one to {CASES}"


def has_strategy(kind: type[Layer]) -> str:
    place = Place((3, 4), Values(([],), st.just([])))
    for name, schema in own_fields(kind).items():
        try:
            values(schema, place)
        except NetspecError as error:
            return f"has a field {name} that cannot be drawn: {error}"
    if issubclass(kind, Container) or any(starts(kind, s) for s in SHAPES.values()):
        return ""
    return f"cannot be drawn on any shape of the cases in {CASES}"


def has_reference(kind: type[Layer]) -> str:
    dispatch = reference.join if issubclass(kind, Container) else reference.forward
    if kind in dispatch.registry:
        return ""
    return (
        "has no reference: register its value and its derivative in"
        f" netspec/reference/layers/{family(kind)}, which layers/__init__.py imports"
    )


def has_lowering(kind: type[Layer], backend: str) -> str:
    package = import_module(f"netspec_{backend}")
    function = package.lower.registry.get(kind)
    if getattr(function, "is_own", False):
        return ""
    return (
        f"has no lowering in the {backend} backend: decorate one with @register in"
        f" backends/netspec_{backend}/layers/{family(kind)}, which layers/__init__.py"
        " imports; where the framework cannot have it, let it raise a BackendError with"
        " the reason"
    )


def is_in_schema(kind: type[Layer]) -> str:
    published, wanted = definitions()
    listed = {"$ref": f"#/$defs/{kind.__name__}"} in published["layer"]["oneOf"]
    if listed and published.get(kind.__name__) == wanted.get(kind.__name__):
        return ""
    return f"is missing or stale in {SCHEMA}: run {COMMAND}"


@cache
def definitions() -> tuple[dict[str, Any], dict[str, Any]]:
    """Those of the published schema, and what they should be."""
    published = json.loads((ROOT / SCHEMA).read_text(encoding="utf-8"))
    return published["$defs"], json_schema()["$defs"]


CHECKS = (
    has_case,
    has_case_of_every_option,
    has_strategy,
    has_reference,
    is_in_schema,
)


def kind_name(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize("check", CHECKS, ids=kind_name)
@pytest.mark.parametrize("kind", KINDS, ids=kind_name)
def test_layer(kind: type[Layer], check: Callable[[type[Layer]], str]) -> None:
    missing = check(kind)
    assert not missing, f"{kind.__name__} {missing}"


def need(backend: str) -> None:
    if not netspec.backends()[backend].installed:
        pytest.skip(f"{backend} is not installed")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS, ids=kind_name)
def test_lowering(kind: type[Layer], backend: str) -> None:
    need(backend)
    missing = has_lowering(kind, backend)
    assert not missing, f"{kind.__name__} {missing}"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS, ids=kind_name)
def test_refusals_are_written(kind: type[Layer], backend: str) -> None:
    """Elsewhere any `BackendError` counts as a refusal; here it must come from the
    lowering itself, not from something that is missing behind it.
    """
    need(backend)
    specs = [spec for spec in SPECS if type(spec.layers[0]) is kind]
    offered = dtypes_of(netspec.backend(backend))
    errors = [refusal(backend, spec, dtype) for spec in specs for dtype in offered]
    lowerings = f"netspec_{backend}.layers."
    for error in filter(None, errors):
        assert raised_in(error).startswith(lowerings), (
            f"{kind.__name__} is not refused by its lowering in the {backend} backend;"
            f" add what is missing behind it: {error}"
        )


def refusal(backend: str, spec: Spec, dtype: str) -> BackendError | None:
    found = netspec.backend(backend)
    try:
        found.source(spec, dtype=dtype)
        found.compile(spec, seed=0, dtype=dtype)
    except BackendError as error:
        return error
    return None


def raised_in(error: BaseException) -> str:
    """The module in which an error was raised."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals["__name__"])


@declare
class Half(Layer):
    """A layer that nobody registered, with a field of a kind that no other has."""

    odd: Field[object, object] = Field(Rule("odd", lambda value: value, {}))


@pytest.mark.parametrize(
    ("check", "file"),
    [
        (has_case, CASES),
        (has_case_of_every_option, CASES),
        (has_strategy, "nothing draws what the schema"),
        (has_reference, "netspec/reference/layers/test_completeness.py"),
        (is_in_schema, SCHEMA),
    ],
    ids=kind_name,
)
def test_what_is_missing_is_named(
    check: Callable[[type[Layer]], str], file: str
) -> None:
    assert file in check(Half)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_missing_lowering_is_named(backend: str) -> None:
    need(backend)
    file = f"backends/netspec_{backend}/layers/test_completeness.py"
    assert file in has_lowering(Half, backend)
