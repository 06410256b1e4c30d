"""Run every check on every backend, spec and dtype."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from itertools import takewhile
from operator import attrgetter

from netspec.conformance._arguments import (
    Chosen,
    check_device,
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
    device: str | None = None,
) -> Report:
    """Compare backends with the float64 reference.

    A backend that raises gets a verdict for it, and the run goes on. After Ctrl-C the
    report holds what was found until then, and is marked as incomplete.

    Args:
        specs: the models; each of their layers is checked alone, too.
        backends: names or objects; all that are installed if None.
        dtypes: ``"float64"``, ``"float32"``.
        checks: names; all if None.
        seed: seed of all random draws.
        jobs: number of processes that share the backends, which must then be given by
            name. Where one is enough, it is this process.
        isolate: run each backend in a separate process, `jobs` at once. In a separate
            process a crash, a hang or a kill of a backend is a verdict, too.
        timeout: seconds that one check of one model may take in a separate process.
        modules: names of modules that separate processes import, such as those of your
            own lowerings; those that declare layers and initializers are found by
            themselves.
        watch: called with the results of each unit when it is done.
        device: where the backends run, such as ``"gpu"`` or ``"gpu:1"``; each one's own
            choice if None. What rests on a convention that was not seen on this kind of
            device is inconclusive.

    Raises:
        NetspecError: an argument names nothing, or a framework is not installed.
    """
    report = Report(check_seed(seed))
    models = list_specs(specs)
    report.specs = {spec.name: spec.to_dict() for spec in models}
    chosen = list_backends(backends)
    wanted = models, chosen, list_dtypes(dtypes), list_checks(checks), seed
    place = check_device(device)
    processes = Processes(jobs, isolate, timeout, [*modules])
    check_processes(processes)
    apart = processes.needed(len(chosen))
    events = (
        isolated(*wanted, processes, place) if apart else run_all(plan(*wanted, place))
    )
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
    report.rows.sort(key=attrgetter("backend"))  # the same for any number of processes
    return report
