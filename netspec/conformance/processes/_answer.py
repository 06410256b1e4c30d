"""Carry out a task in a worker, and read its answer in the process that asked."""

from __future__ import annotations

import json
import time
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from netspec.conformance._localize import localize
from netspec.conformance._plan import Unit
from netspec.conformance._subject import Subject
from netspec.conformance._tasks import LOCALIZE, START, Task
from netspec.conformance._units import run
from netspec.conformance.judging import STATUSES, Verdict, raised
from netspec.conformance.processes._process import UNREADABLE, LostError
from netspec.conformance.report import Done, Localization, Row
from netspec.contract import backend as find
from netspec.spec import Spec

Event = Done | Localization
Answer = tuple[Task, float, list[Row] | Localization]  # with the seconds that it took


def answer(task: Task, modules: tuple[str, ...]) -> Answer:
    """Carry out a task; whatever is raised becomes a row.

    Args:
        task: what to do.
        modules: names of modules to import first, such as those that declare layers.
    """
    start = time.perf_counter()
    try:
        found = _carry_out(task, modules)
    except BaseException as error:  # KeyboardInterrupt, too: nobody types here
        found = [task.row(raised(error))]
    return task, time.perf_counter() - start, found


def _carry_out(task: Task, modules: tuple[str, ...]) -> list[Row] | Localization:
    _prepare(task.backend, modules)
    if task.check == START:
        return []
    subject = _subject(task._replace(check="", mode=""))
    if task.check == LOCALIZE:
        return localize(subject, task.mode)
    return run(Unit(subject, task.check))


@cache
def _prepare(backend: str, modules: tuple[str, ...]) -> None:
    for module in modules:
        import_module(module)
    find(backend)


@lru_cache(1)  # the checks of one subject share what they compute
def _subject(task: Task) -> Subject:
    spec, backend = Spec.from_dict(json.loads(task.document)), find(task.backend)
    how = task.dtype, task.seed, task.alone, task.quick, task.device, task.weights
    return Subject(backend, spec, *how)


def read(task: Task, received: Any) -> Event:
    """Return the event in an answer. The rows of a start that went well are none.

    Raises:
        LostError: it is not an answer to this task; a backend may have forged it.
    """
    match received:
        case (answered, float(), Localization() as found) if answered == task:
            return found
        case (answered, float(seconds), list(rows)) if answered == task:
            if all(_fits(row, task) for row in rows) and (rows or task.check == START):
                return Done(task.backend, task.check, rows, seconds, 0.0)
    raise LostError(UNREADABLE)


def _fits(row: Any, task: Task) -> bool:
    return (
        isinstance(row, Row)
        and isinstance(row.verdict, Verdict)
        and row.verdict.status in STATUSES
        and (row.check, row.backend, row.spec, row.dtype) == task.key
    )
