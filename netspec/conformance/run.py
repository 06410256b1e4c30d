"""A conformance run: every check, on every backend, spec and dtype."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, nullcontext
from itertools import takewhile
from operator import attrgetter

from threadpoolctl import threadpool_limits

from netspec.checks import check_seed
from netspec.conformance.checks import CHECKS
from netspec.conformance.choices import (
    Chosen,
    list_backends,
    list_checks,
    list_dtypes,
    list_specs,
)
from netspec.conformance.interrupts import noted_interrupts
from netspec.conformance.isolate import Processes, check_processes, isolated
from netspec.conformance.localize import localize, modes_that_fail
from netspec.conformance.plan import Unit, plan
from netspec.conformance.report import Done, Localization, Report, Row
from netspec.conformance.subject import Subject, UnsupportedError
from netspec.conformance.verdict import raised, unsupported
from netspec.spec import Spec

# What compiles a whole net as its users do; where a framework compiles at all, all else
# would spend most of the run on it
AS_USERS_DO = frozenset({"outputs", "gradients", "state"})

Watch = Callable[[Done], None]


def conform(
    specs: Spec | Iterable[Spec],
    backends: Chosen = None,
    dtypes: str | Iterable[str] = ("float64", "float32"),
    checks: str | Iterable[str] | None = None,
    seed: int = 0,
    *,
    jobs: int = 1,
    isolate: bool = False,
    timeout: float = 300.0,
    modules: Iterable[str] = (),
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
        jobs: how many processes share the backends, which then are names. Where one
            would do, it is this.
        isolate: run each backend in a process of its own, `jobs` at once. In other
            processes a crash, a hang or a kill of a backend is a verdict, too.
        timeout: seconds that one check of one model may take in another process.
        modules: names of those that other processes import, beside those that declare
            layers and initializers: such as lowerings of your own.
        watch: is told of every unit when it is done.

    Raises:
        NetspecError: an argument names nothing, or a framework is not installed.
    """
    report = Report(check_seed(seed))
    models = list_specs(specs)
    report.specs = {spec.name: spec.to_dict() for spec in models}
    chosen = list_backends(backends)
    wanted = models, chosen, list_dtypes(dtypes), list_checks(checks), seed
    processes = Processes(jobs, isolate, timeout, [*modules])
    check_processes(processes)
    apart = processes.needed(len(chosen))
    events = isolated(*wanted, processes) if apart else run_all(plan(*wanted))
    with noted_interrupts() as noted, closing(events):
        try:
            for event in takewhile(lambda _: not noted, events):
                if isinstance(event, Localization):
                    report.divergences.append(event)
                    continue
                report.add(event)
                if watch is not None:
                    watch(event)
        except KeyboardInterrupt:
            report.complete = False
    report.complete &= not noted
    report.rows.sort(key=attrgetter("backend"))  # however many processes there were
    return report


def run_all(
    units: list[Unit], failing: Mapping[Subject, str] | None = None
) -> Generator[Done | Localization]:
    """What comes of each unit; then where the models that fail begin to diverge.

    Args:
        units: to run.
        failing: a mode in which models of earlier units failed.
    """
    failing = dict(failing or {})
    for count, unit in enumerate(units, start=1):
        start = time.perf_counter()
        rows = run(unit)
        for mode in modes_that_fail(rows):
            failing.setdefault(unit.subject, mode)
        spent = time.perf_counter() - start
        yield Done(*unit.key, rows, spent, count / len(units))
    for subject, mode in failing.items():
        yield localize(subject, mode)


def run(unit: Unit) -> list[Row]:
    """The rows of a unit; what a backend raises is one of them.

    The reference multiplies many small matrices, for which the threads of BLAS wait
    more than they work; on a busy machine ten times as long.
    """
    quickly = unit.subject.alone or unit.check not in AS_USERS_DO
    compiling = unit.subject.quickly() if quickly else nullcontext()
    with threadpool_limits(limits=1, user_api="blas"), compiling:
        return list(_rows(unit))


def _rows(unit: Unit) -> Iterator[Row]:
    findings = CHECKS[unit.check](unit.subject)
    while True:
        try:
            what, verdict = next(findings)
        except StopIteration:
            return
        except KeyboardInterrupt:
            raise
        except UnsupportedError as reason:
            yield unit.row("", unsupported(str(reason)))
            return
        except BaseException as error:  # SystemExit, too
            yield unit.row("", raised(error))
            return
        yield unit.row(what, verdict)
