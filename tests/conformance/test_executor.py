"""Runs on an executor: whole backends are given to its workers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing import current_process
from typing import Any

import pytest

from netspec import NetspecError
from netspec.conformance import conform
from tests.hostile.runs import SPEC

CHOSEN = SPEC, "numpy", "float64", "outputs"


class Losing(Executor):
    """Does in this thread what it is given, but loses the first of it.

    Args:
        count: how often.
        error: what its futures then have.
    """

    def __init__(self, count: int, error: Exception) -> None:
        self.count, self.error = count, error

    def submit(self, call: Callable[..., Any], /, *given: Any, **how: Any) -> Any:
        future: Future[Any] = Future()
        self.count -= 1
        if self.count >= 0:
            future.set_exception(self.error)
        else:
            future.set_result(call(*given, **how))
        return future


class Broken(Executor):
    """Takes nothing."""

    def submit(self, call: Callable[..., Any], /, *given: Any, **how: Any) -> Any:
        raise RuntimeError("shut down")


class Forgetful(Losing):
    """Gives back less than it got."""

    def submit(self, call: Callable[..., Any], /, *given: Any, **how: Any) -> Any:
        future: Future[Any] = Future()
        future.set_result(super().submit(call, *given, **how).result()[1:])
        return future


def test_an_executor_finds_the_same() -> None:
    with ThreadPoolExecutor(1) as executor:
        report = conform(*CHOSEN, executor=executor)
    assert report.rows == conform(*CHOSEN).rows
    assert report.passed


def test_what_is_lost_once_is_found_by_another_worker() -> None:
    report = conform(*CHOSEN, executor=Losing(1, OSError("gone")))
    assert report.rows == conform(*CHOSEN).rows


@pytest.mark.parametrize(
    ("executor", "reason"),
    [
        (Losing(2, OSError("gone")), "lost with 2 workers: OSError: gone"),
        (Broken(), "lost with 2 workers: RuntimeError: shut down"),
        (Forgetful(0, OSError()), "lost with 2 workers: LostError: its answer"),
    ],
    ids=["lost", "broken", "forgetful"],
)
def test_every_unit_has_a_row_though_all_is_lost(
    executor: Executor, reason: str
) -> None:
    report = conform(*CHOSEN, executor=executor)
    assert report.complete
    assert [row.spec for row in report.bad] == ["Dense(3) on 4", "ReLU on 3", "net"]
    assert all(row.verdict.reason.startswith(reason) for row in report.bad)
    assert report.verdict == "UNDECIDED"  # the backend may not be to blame


def test_workers_that_may_start_no_process_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config: Any = current_process()._config  # type: ignore[attr-defined]
    monkeypatch.setitem(config, "daemon", True)
    with (
        pytest.raises(NetspecError, match="DASK_DISTRIBUTED__WORKER__DAEMON=False"),
        ThreadPoolExecutor(1) as executor,
    ):
        conform(*CHOSEN, executor=executor)


def test_what_is_no_executor_is_refused() -> None:
    executor: Any = "tcp://127.0.0.1:8786"
    with pytest.raises(NetspecError, match="executor must be"):
        conform(*CHOSEN, executor=executor)
