"""A conformance suite for a backend, as a test file of three lines:

    class TestMine(BackendConformance):
        backend = "mine"

Every layer alone, and small whole nets, are compared with the float64 reference by
every check, in both dtypes. A test fails where something disagrees. It is skipped, with
the reason, where nothing disagrees but something is refused or not decided, and where
the backend does not offer what the check needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, ClassVar

import pytest

from netspec.conformance._plan import Unit, layers_of, units
from netspec.conformance._subject import Subject
from netspec.conformance._units import run
from netspec.conformance._weak import settled
from netspec.conformance.cases import single_layers, whole_nets
from netspec.conformance.report import UNDECIDED, Row
from netspec.contract import Backend, backends
from netspec.contract import backend as find
from netspec.errors import NetspecError
from netspec.pytest_plugin import PROPERTY
from netspec.spec import Spec
from netspec.spec.documents import load as read


class BackendConformance:
    """Base class of the tests that compare a backend with the float64 reference.

    Attributes:
        backend: name of the backend, or the object.
        layers: gives single layers to compare; those of the catalog unless overridden.
        nets: gives whole nets to compare; small ones unless overridden.
        dtypes: formats in which to compare.
        deviations: a YAML file that maps test ids, or patterns of them such as
            ``"* CELU(*float64"``, to the reason why they fail. A deviation that no
            longer fails, because it agrees or is not supported, is a failure, and so is
            a pattern that matches nothing.
    """

    backend: ClassVar[str | Backend]
    layers: ClassVar[Callable[[], dict[str, Spec]]] = staticmethod(single_layers)
    nets: ClassVar[Callable[[], dict[str, Spec]]] = staticmethod(whole_nets)
    dtypes: ClassVar[tuple[str, ...]] = ("float32", "float64")
    deviations: ClassVar[str | Path | None] = None

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "unit" in metafunc.fixturenames:
            metafunc.parametrize("unit", list(_cases(type(self))))

    def test_agrees(self, unit: Unit | str, request: pytest.FixtureRequest) -> None:
        if isinstance(unit, str):
            pytest.skip(unit)
        rows = _settled(unit, run(unit), type(self).dtypes)
        counts = Counter(row.verdict.status for row in rows)
        found = unit.subject.backend.name, dict(counts)
        request.node.user_properties.append((PROPERTY, found))
        failed = [str(row) for row in rows if row.verdict.status == "fail"]
        assert not failed, "\n".join(failed)
        deviates = request.node.get_closest_marker("xfail")  # and so must fail
        undecided = [row for row in rows if row.verdict.status in UNDECIDED]
        open_rows = undecided or [row for row in rows if not row.verdict.good]
        if not deviates and (undecided or len(open_rows) == len(rows)):
            reasons = sorted({row.verdict.reason for row in open_rows})
            pytest.skip("; ".join(reasons))

    def test_every_deviation_is_needed(self) -> None:
        kit = type(self)
        ids = [] if _missing(kit) else [_id(unit) for unit in _units(kit)]
        unused = [
            pattern
            for pattern in _deviations(kit)
            if ids and not any(fnmatchcase(name, pattern) for name in ids)
        ]
        assert not unused, f"no test has an id that matches {unused}"


def _cases(kit: type[BackendConformance]) -> Iterator[Any]:
    """Yield a parameter for each unit, or one that says which framework is missing."""
    if reason := _missing(kit):
        yield pytest.param(reason, id="none")
        return
    deviations = _deviations(kit)
    for unit in _units(kit):
        marks = [
            pytest.mark.xfail(reason=reason, strict=True)
            for pattern, reason in deviations.items()
            if fnmatchcase(_id(unit), pattern)
        ]
        yield pytest.param(unit, id=_id(unit), marks=marks)


def _missing(kit: type[BackendConformance]) -> str:
    """Say what to install first; empty if nothing is missing."""
    known = backends().get(kit.backend) if isinstance(kit.backend, str) else None
    if known is None or known.installed:
        return ""
    return f"{known.name} is not installed; run {known.hint}"


def _units(kit: type[BackendConformance]) -> list[Unit]:
    own = kit.backend
    backend = find(own) if isinstance(own, str) else own
    models = ((kit.layers(), True), (kit.nets(), False))
    return [
        unit
        for specs, alone in models
        for spec in specs.values()
        for dtype in kit.dtypes
        for unit in units(Subject(backend, spec, dtype, alone=alone))
    ]


def _settled(unit: Unit, rows: list[Row], dtypes: Iterable[str]) -> list[Row]:
    """Settle weak verdicts by what other tests find: of float64, of layers alone."""
    if not any(row.verdict.status == "weak" for row in rows):
        return rows
    own = unit.subject
    others = [
        Subject(own.backend, own.spec, dtype, alone=own.alone)
        for dtype in dtypes
        if dtype != own.dtype
    ]
    layers = () if own.alone else layers_of(own.spec)
    others += [Subject(own.backend, layer, own.dtype, alone=True) for layer in layers]
    found = [row for subject in others for row in run(Unit(subject, unit.check))]
    return settled([*rows, *found], [] if own.alone else [own.spec])[: len(rows)]


def _id(unit: Unit) -> str:
    return f"{unit.check} {unit.subject.spec.name} {unit.subject.dtype}"


def _deviations(kit: type[BackendConformance]) -> dict[str, str]:
    if kit.deviations is None:
        return {}
    document = read(kit.deviations) or {}
    sound = isinstance(document, dict) and all(
        isinstance(reason, str) and reason.strip() for reason in document.values()
    )
    if not sound:
        raise NetspecError(
            f"{kit.deviations}: must map test ids, or patterns of them, to the reason"
            " why each fails"
        )
    return document
