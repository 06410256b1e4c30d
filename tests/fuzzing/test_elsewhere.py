"""Questions are answered outside this process, whatever it takes."""

from __future__ import annotations

import os
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from netspec.conformance.processes import Lane
from netspec.fuzzing import Lost, in_lane, on_executor

ABS: Any = abs  # any function will do
EXIT: Any = os._exit
SLEEP: Any = time.sleep


def test_a_process_that_ends_is_an_answer() -> None:
    given: list[Any] = [0, -1]
    with Lane(60) as lane:
        mapper = in_lane(lane, ["fractions"])
        assert [*mapper(EXIT, given[:1])] == [Lost("ended with 0")]
        assert [*mapper(ABS, given)] == [0, 1]


def test_a_hang_is_an_answer() -> None:
    given: list[Any] = [60]
    with Lane(0.5) as lane:
        (lost,) = in_lane(lane)(SLEEP, given)
    assert lost.hung
    assert lost.reason.startswith("no answer within 0.5 s")


def test_an_executor_answers_in_order() -> None:
    given: list[Any] = list(range(-20, 0))
    with ThreadPoolExecutor(1) as executor:
        assert [*on_executor(executor, 60)(ABS, given)] == [*range(20, 0, -1)]


def test_workers_that_are_lost_are_answers() -> None:
    class Gone(Executor):
        def submit(self, *given: Any, **how: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(RuntimeError("gone"))
            return future

    given: list[Any] = [1, 2]
    found = [*on_executor(Gone(), 60)(ABS, given)]
    assert found == [Lost("a worker of the executor was lost: gone")] * 2
