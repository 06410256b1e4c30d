"""A conformance run: every check, on every backend, spec and dtype."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from netspec.backend import Backend
from netspec.backend import backend as find
from netspec.backend import backends as installed
from netspec.checks import check_dtype, check_seed
from netspec.conformance.checks import ALONE, CHECKS
from netspec.conformance.report import Report, Row
from netspec.conformance.subject import Subject, UnsupportedError
from netspec.conformance.verdict import Verdict, failed, unsupported
from netspec.declare import nearest, shorten
from netspec.errors import NetspecError
from netspec.layers import Container
from netspec.spec import Spec
from netspec.summary import label, shape_text

Watch = Callable[["Unit", list[Row]], None]


class Unit(NamedTuple):
    """One piece of a run: a check of a subject."""

    subject: Subject
    check: str

    @property
    def key(self) -> tuple[str, str]:
        """Backend and check: what time is counted by."""
        return self.subject.backend.name, self.check


def conform(
    specs: Spec | Iterable[Spec],
    backends: str | Backend | Iterable[str | Backend] | None = None,
    dtypes: str | Iterable[str] = ("float64", "float32"),
    checks: str | Iterable[str] | None = None,
    seed: int = 0,
    *,
    watch: Watch | None = None,
) -> Report:
    """Compare backends with the float64 reference.

    Whatever a backend raises is a verdict of its own, and the run goes on; what was
    found until Ctrl-C makes an incomplete report.

    Args:
        specs: the models; each of their layers is checked alone, too.
        backends: names or objects; None for all that are installed.
        dtypes: ``"float64"``, ``"float32"``.
        checks: names; None for all.
        seed: of everything that is drawn.
        watch: is told of every unit when it is done, with its rows.

    Raises:
        NetspecError: an argument names nothing, or a framework is not installed.
    """
    report = Report(check_seed(seed))
    try:
        for unit in plan(specs, backends, dtypes, checks, seed):
            start = time.perf_counter()
            rows = list(run(unit))
            report.add(unit.key, rows, time.perf_counter() - start)
            if watch is not None:
                watch(unit, rows)
    except KeyboardInterrupt:
        report.complete = False
    return report


def plan(
    specs: Spec | Iterable[Spec],
    backends: str | Backend | Iterable[str | Backend] | None = None,
    dtypes: str | Iterable[str] = ("float64", "float32"),
    checks: str | Iterable[str] | None = None,
    seed: int = 0,
) -> list[Unit]:
    """The units of a run, in order; the arguments are those of `conform`."""
    chosen = _checks(checks)
    subjects = [
        Subject(backend, spec, dtype, seed, alone)
        for spec, alone in _models(specs)
        for dtype in _dtypes(dtypes)
        for backend in _backends(backends)
    ]
    return [
        Unit(subject, check)
        for subject in subjects
        for check in chosen
        if check in ALONE or not subject.alone
    ]


def run(unit: Unit) -> Iterator[Row]:
    """The rows of a unit; what a backend raises is one of them."""
    findings = CHECKS[unit.check](unit.subject)
    while True:
        try:
            what, verdict = next(findings)
        except StopIteration:
            return
        except KeyboardInterrupt:
            raise
        except UnsupportedError as reason:
            yield _row(unit, "", unsupported(str(reason)))
            return
        except BaseException as error:  # SystemExit, too
            kind = type(error).__name__
            yield _row(unit, "", failed(f"raised {kind}: {error}"))
            return
        yield _row(unit, what, verdict)


def _row(unit: Unit, what: str, verdict: Verdict) -> Row:
    subject, check = unit
    return Row(
        check, subject.backend.name, subject.spec.name, subject.dtype, what, verdict
    )


def _models(specs: Spec | Iterable[Spec]) -> Iterator[tuple[Spec, bool]]:
    """Every layer alone, then every whole net."""
    whole = _listed(specs, Spec)
    for spec in whole:
        if not isinstance(spec, Spec):
            raise NetspecError(f"specs must be Specs, received {shorten(spec)}")
    alone = dict.fromkeys(layer for spec in whole for layer in layers_of(spec))
    yield from ((spec, True) for spec in alone)
    yield from ((spec, False) for spec in whole)


@lru_cache(maxsize=64)
def layers_of(spec: Spec) -> tuple[Spec, ...]:
    """A spec for each different layer of a model, on the shape that it reads."""
    plain = spec.without_dropout()
    nodes = (n for n in plain.graph.walk() if not isinstance(n.layer, Container))
    found = (
        Spec(
            f"{label(node.layer)} on {shape_text(node.input_shape)}",
            node.input_shape,
            [node.layer],
            init=spec.init,
            input_dtype=node.layer.reads,
        )
        for node in nodes
    )
    return tuple(dict.fromkeys(found))


def _backends(
    chosen: str | Backend | Iterable[str | Backend] | None,
) -> Iterator[Backend]:
    if chosen is None:
        chosen = [name for name, state in installed().items() if state.installed]
    for backend in _listed(chosen, (str, Backend)):
        yield find(backend) if isinstance(backend, str) else backend


def _dtypes(chosen: str | Iterable[str]) -> list[str]:
    dtypes = _listed(chosen, str)
    for dtype in dtypes:
        check_dtype(dtype)
    return dtypes


def _checks(chosen: str | Iterable[str] | None) -> list[str]:
    names = list(CHECKS) if chosen is None else _listed(chosen, str)
    for name in names:
        if name not in CHECKS:
            raise NetspecError(f"unknown check {name!r}{nearest(str(name), CHECKS)}")
    return [name for name in CHECKS if name in names]


def _listed(values: object, kind: type | tuple[type, ...]) -> list:
    """One value, or several, as a list of at least one."""
    listed: list[Any] = [values] if isinstance(values, kind) else [*values]
    if not listed:
        raise NetspecError(
            "nothing to run: specs, backends, dtypes and checks need one"
        )
    return listed
