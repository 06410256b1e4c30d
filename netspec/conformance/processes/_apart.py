"""Run backends outside this process."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Executor
from numbers import Real
from threading import TIMEOUT_MAX
from typing import NamedTuple

from netspec.conformance._arguments import check_installed
from netspec.conformance._modules import check_importable, modules_of
from netspec.conformance._tasks import Task
from netspec.conformance.processes._answer import Event
from netspec.conformance.processes._drivers import in_lanes, on_executor
from netspec.contract import backends as registered
from netspec.declare.rules import Json
from netspec.errors import NetspecError, shorten

COMPILED = frozenset({"flax", "jax", "keras"})  # frameworks that compile for long


class Processes(NamedTuple):
    """The processes over which a run is spread.

    Attributes:
        jobs: number of backends at once.
        isolate: True to give each backend a process, even one after the other.
        timeout: seconds that one check of one model may take there.
        modules: names of modules that each process imports, in addition to those that
            declare what is in the specs.
        executor: which gives the backends to its workers; this machine's if None.
    """

    jobs: int = 1
    isolate: bool = False
    timeout: float = 300.0
    modules: Sequence[str] = ()
    executor: Executor | None = None

    @property
    def apart(self) -> bool:
        """True if backends are run outside this process."""
        return self.isolate or self.jobs > 1 or self.executor is not None


def check_processes(processes: Processes) -> None:
    """Refuse impossible numbers of processes, timeouts and executors.

    Raises:
        NetspecError: `jobs` is no positive integer, `timeout` is out of range, or
            `executor` cannot be given work.
    """
    jobs, timeout, executor = processes.jobs, processes.timeout, processes.executor
    if not isinstance(jobs, int) or isinstance(jobs, bool) or jobs < 1:
        raise NetspecError(f"jobs must be a positive integer, received {shorten(jobs)}")
    if not (isinstance(timeout, Real) and 0 < timeout <= TIMEOUT_MAX):
        raise NetspecError(
            f"timeout must be above 0 and at most {TIMEOUT_MAX:.0f} seconds, received"
            f" {shorten(timeout)}"
        )
    if not (executor is None or isinstance(executor, Executor)):
        raise NetspecError(
            "executor must be a concurrent.futures.Executor, such as"
            f" client.get_executor(pure=False) of Dask, received {shorten(executor)}"
        )


def run_apart(
    groups: Sequence[Sequence[Task]], documents: Sequence[Json], processes: Processes
) -> Generator[Event]:
    """Run the tasks of backends outside this process; return their results and
    localizations as they will come.

    Args:
        groups: the tasks of each backend.
        documents: the specs of the run.
        processes: where to run them.

    Raises:
        NetspecError: a backend is unknown, or not installed; or a layer is declared in
            a script.
    """
    groups = [group for group in groups if group]
    check_installed(group[0].backend for group in groups)
    if groups:
        check_importable(documents)
    modules = tuple(dict.fromkeys([*processes.modules, *modules_of(documents)]))
    if processes.executor is not None:
        return on_executor(groups, processes.executor, modules, processes.timeout)
    found = registered()
    groups.sort(key=lambda group: _turn(found[group[0].backend].requirement))
    jobs = max(1, min(processes.jobs, len(groups)))
    return in_lanes(groups, jobs, modules, processes.timeout)


def _turn(requirement: str | None) -> int:
    """Say when a backend begins, so that cores have work until the end: what takes long
    comes first, and last the reference, which needs no framework.
    """
    return 2 if requirement is None else int(requirement not in COMPILED)
