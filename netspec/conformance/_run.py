"""A conformance run: every check, on every backend, spec and dtype."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import takewhile
from operator import attrgetter

from netspec.conformance._arguments import (
    Chosen,
    list_backends,
    list_checks,
    list_dtypes,
    list_specs,
)
from netspec.conformance._plan import plan
from netspec.conformance._units import run_all
from netspec.conformance.processes import (
    Processes,
    check_processes,
    isolated,
    noted_interrupts,
)
from netspec.conformance.report import Done, Localization, Report
from netspec.spec import Spec, check_seed

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
