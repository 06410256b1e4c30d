"""Run every check on every backend, spec and dtype."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import closing
from itertools import takewhile
from operator import attrgetter
from os import PathLike

from netspec.conformance._arguments import (
    Chosen,
    check_device,
    list_backends,
    list_checks,
    list_dtypes,
    list_specs,
    list_weights,
)
from netspec.conformance._plan import Unit, plan
from netspec.conformance._tasks import groups
from netspec.conformance._units import run_all
from netspec.conformance._weak import settled
from netspec.conformance.checks import CHECKS
from netspec.conformance.processes import (
    Processes,
    check_processes,
    noted_interrupts,
    run_apart,
)
from netspec.conformance.report import Done, Localization, Report
from netspec.spec import Spec, check_seed

Event = Done | Localization
Watch = Callable[[Done], None]

DTYPES = ("float64", "float32")
QUICK_DTYPES = ("float32",)
QUICK_CHECKS = ("outputs", "gradients", "trained", "source")


def conform(
    specs: Spec | Iterable[Spec],
    backends: Chosen = None,
    dtypes: str | Iterable[str] | None = None,
    checks: str | Iterable[str] | None = None,
    seed: int = 0,
    *,
    quick: bool = False,
    jobs: int = 1,
    isolate: bool = False,
    timeout: float = 300.0,
    modules: Iterable[str] = (),
    executor: Executor | None = None,
    watch: Watch | None = None,
    device: str | None = None,
    weights: Mapping[str, str | PathLike[str]] | None = None,
) -> Report:
    """Compare backends with the float64 reference.

    A backend that raises gets a verdict for it, and the run goes on. After Ctrl-C the
    report holds what was found until then, and is marked as incomplete.

    Args:
        specs: the models; each of their layers is checked alone, too.
        backends: names or objects; all that are installed if None.
        dtypes: ``"float64"``, ``"float32"``; both if None.
        checks: names; all if None.
        seed: seed of all random draws.
        quick: take a look, which proves nothing: unless others are named, `outputs`,
            `gradients` and `source` in float32, compiled quickly.
        jobs: number of backends at once. Above 1, each that is given by name runs in a
            process of its own, in which a crash, a hang or a kill is a verdict, too.
            Backends that are objects stay in this process.
        isolate: True for such processes although `jobs` is 1.
        timeout: seconds that one check of one model may take in a process of its own.
            Of a backend that took longer, nothing more is asked.
        modules: names of modules that separate processes import, such as those of your
            own lowerings; those that declare layers and initializers are found by
            themselves.
        executor: gives the backends to its workers, on which their processes start;
            such as ``client.get_executor(pure=False)`` of Dask.
        watch: called with the results of each unit when it is done.
        device: where the backends run, such as ``"gpu"`` or ``"gpu:1"``; each one's own
            choice if None. What rests on a convention that was not seen on this kind of
            device is inconclusive.
        weights: by the name of a spec, a safetensors file of weights that it was
            trained to: the check `trained` compares it with these, too. Every worker
            reads the file.

    Raises:
        NetspecError: an argument names nothing, or a framework is not installed.

    Example:
        >>> from netspec import Dense, ReLU, Spec
        >>> spec = Spec("small", (3,), [Dense(4), ReLU()])
        >>> report = conform(spec, ["torch"], checks=["outputs"], dtypes=["float64"])
        >>> report.verdict
        'PASSED'
    """
    report = Report(check_seed(seed), quick=bool(quick))
    models = list_specs(specs)
    report.specs = {spec.name: spec.to_dict() for spec in models}
    if dtypes is None:
        dtypes = QUICK_DTYPES if quick else DTYPES
    if checks is None and quick:
        checks = QUICK_CHECKS
    files = list_weights(weights, models)
    how = seed, bool(quick), check_device(device), files
    wanted = list_dtypes(dtypes), list_checks(checks), *how
    processes = Processes(jobs, isolate, timeout, [*modules], executor)
    check_processes(processes)
    chosen = list_backends(backends, processes.apart)
    named = [one for one in chosen if isinstance(one, str)]
    apart = named if processes.apart else []
    here = [one for one in chosen if not (apart and isinstance(one, str))]
    units = plan(models, here, *wanted) if here else []
    tasks = groups(models, apart, *wanted)
    planned = len(units) + sum(map(len, tasks))
    away = run_apart(tasks, [*report.specs.values()], processes)
    events = _events(units, away)
    done = 0
    with noted_interrupts() as noted, closing(events):
        try:
            for event in takewhile(lambda _: not noted, events):
                if isinstance(event, Localization):
                    report.divergences.append(event)
                    continue
                done += event.check in CHECKS
                report.add(event)
                if watch is not None:
                    watch(event._replace(share=done / planned))
        except KeyboardInterrupt:
            report.complete = False
    report.complete &= done == planned and not noted
    report.rows.sort(key=attrgetter("backend"))  # the same for any number of processes
    if not report.quick:
        report.rows = settled(report.rows, models)
    return report


def _events(units: list[Unit], away: Generator[Event]) -> Generator[Event]:
    with closing(away):
        yield from run_all(units)
        yield from away
