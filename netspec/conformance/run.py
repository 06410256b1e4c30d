"""A conformance run: every check, on every backend, spec and dtype."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from netspec.backend import Backend
from netspec.checks import check_seed
from netspec.conformance.checks import CHECKS
from netspec.conformance.localize import localize, modes_that_fail
from netspec.conformance.plan import Unit, plan
from netspec.conformance.report import Report, Row
from netspec.conformance.subject import Subject, UnsupportedError
from netspec.conformance.verdict import Verdict, raised, unsupported
from netspec.spec import Spec

Watch = Callable[[Unit, list[Row]], None]


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
    failing: dict[Subject, str] = {}
    units = plan(specs, backends, dtypes, checks, seed)
    whole = [unit.subject.spec for unit in units if not unit.subject.alone]
    report.specs = {spec.name: spec.to_dict() for spec in whole}
    try:
        for unit in units:
            start = time.perf_counter()
            rows = list(run(unit))
            report.add(unit.key, rows, time.perf_counter() - start)
            for mode in modes_that_fail(rows):
                failing.setdefault(unit.subject, mode)
            if watch is not None:
                watch(unit, rows)
        report.divergences += [localize(*found) for found in failing.items()]
    except KeyboardInterrupt:
        report.complete = False
    return report


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
            yield _row(unit, "", raised(error))
            return
        yield _row(unit, what, verdict)


def _row(unit: Unit, what: str, verdict: Verdict) -> Row:
    subject, check = unit
    return Row(
        check, subject.backend.name, subject.spec.name, subject.dtype, what, verdict
    )
