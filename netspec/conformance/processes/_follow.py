"""Ask a lane for all that is planned of one backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netspec.conformance._localize import modes_that_fail
from netspec.conformance._tasks import LOCALIZE, START, Task
from netspec.conformance.judging import Verdict, failed
from netspec.conformance.processes._answer import Event, answer, read
from netspec.conformance.processes._lane import Lane
from netspec.conformance.processes._process import HungError, LostError
from netspec.conformance.report import Done


def follow(
    group: Sequence[Task],
    lane: Lane,
    modules: tuple[str, ...],
    put: Callable[[Event], None],
) -> None:
    """Ask for the answers to the tasks of a backend, one after the other, then where
    its models diverge. Every task gets an answer, be it a row that says how it was
    lost.

    Args:
        group: the tasks of a backend.
        lane: which to ask.
        modules: names of modules that its processes import.
        put: called with each answer.
    """
    questions = Questions(lane, modules)
    started = questions.ask(group[0]._replace(check=START))
    if isinstance(started, Done) and started.rows:
        put(started)
    failing: dict[Task, str] = {}
    for task in group:
        event = questions.ask(task)
        put(event)
        for mode in modes_that_fail(event.rows if isinstance(event, Done) else ()):
            failing.setdefault(task._replace(check=LOCALIZE), mode)
    for task, mode in failing.items():
        if questions.open:
            put(questions.ask(task._replace(mode=mode)))


class Questions:
    """Questions to a lane, until there is no use in asking more.

    Args:
        lane: which is asked.
        modules: names of modules that its processes import.
    """

    def __init__(self, lane: Lane, modules: tuple[str, ...]) -> None:
        self._lane, self._modules, self._over = lane, modules, ""

    @property
    def open(self) -> bool:
        """False once the backend hung, or could not be started."""
        return not self._over

    def ask(self, task: Task) -> Event:
        """Return the answer to a task, or a row that says how it was lost."""
        if self._over:
            return not_asked(task, f"not asked: {self._over}")
        try:
            event = read(task, self._lane.ask(answer, task, self._modules))
        except HungError as lost:
            self._over = f"it hung in {task}"
            return _lost(task, lost)
        except LostError as lost:
            event = _lost(task, lost)
        if task.check == START and isinstance(event, Done) and event.rows:
            self._over = "it did not start"
        return event


def _lost(task: Task, lost: LostError) -> Done:
    return Done(task.backend, task.check, [task.row(failed(str(lost)))], 0.0, 0.0)


def not_asked(task: Task, reason: str) -> Done:
    """Return the answer to a task that nobody has done, of which nothing is known."""
    row = task.row(Verdict("inconclusive", 0.0, 0.0, reason))
    return Done(task.backend, task.check, [row], 0.0, 0.0)


def follow_all(
    group: Sequence[Task], modules: tuple[str, ...], timeout: float
) -> list[Event]:
    """Return the answers to the tasks of a backend, from a lane of this machine.

    Args:
        group: the tasks of a backend.
        modules: names of modules that its processes import.
        timeout: seconds that an answer may take.

    Raises:
        NetspecError: this process may have no children.
    """
    events: list[Event] = []
    with Lane(timeout) as lane:
        follow(group, lane, modules, events.append)
    return events
