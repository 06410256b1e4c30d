"""The check of training fails where a backend shows or returns something wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from netspec.contract import Array, Trained
from tests.conformance.trained import RECIPES, check, failures
from tests.conformance.wrapped import Wrapped


class Edited(Wrapped):
    """A backend that tells something else of what training came to."""

    def __init__(self, edit: Callable[[Trained], Trained]) -> None:
        super().__init__("numpy")
        self.edit = edit

    def train(self, *given: Any, **how: Any) -> Trained:
        trained: Trained = self.inner.train(*given, **how)  # type: ignore[attr-defined]
        return self.edit(trained)


EDITS: dict[str, Callable[[Trained], Trained]] = {
    "a loss too few": lambda t: replace(t, losses=t.losses[1:]),
    "losses after the update": lambda t: replace(t, losses=np.roll(t.losses, -1)),
    "stale statistics": lambda t: replace(
        t, params=t.params | {"1.running_mean": t.params["1.running_mean"] * 0.999}
    ),
    "no statistics": lambda t: replace(
        t, params={k: v for k, v in t.params.items() if "running" not in k}
    ),
    "another parameter": lambda t: replace(t, params={**t.params, "9": t.losses}),
    "NaN": lambda t: replace(t, losses=t.losses * np.nan),
    "losses in float32": lambda t: replace(t, losses=t.losses.astype(np.float32)),
    "another last bit": lambda t: replace(
        t, params=t.params | {"4.bias": np.nextafter(t.params["4.bias"], 0)}
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_wrong_results_are_seen(edit: str) -> None:
    assert failures(check(Edited(EDITS[edit]))) == RECIPES


Told = Callable[[int, dict[str, Array]], object]


class Telling(Wrapped):
    """A backend that shows something else of its steps."""

    def __init__(self, tell: Callable[[Told, int, dict[str, Array]], object]) -> None:
        super().__init__("numpy")
        self.tell = tell

    def train(self, *given: Any, watch: Told, **how: Any) -> Trained:
        def told(step: int, params: dict[str, Array]) -> None:
            self.tell(watch, step, params)

        inner: Any = self.inner
        trained: Trained = inner.train(*given, watch=told, **how)
        return trained


def always_the_same(watch: Told, step: int, params: dict[str, Array]) -> None:
    """A view of the live parameters would look like that."""
    last.update(params if step == 0 else {})
    watch(step, last)


last: dict[str, Array] = {}

TOLD: dict[str, Callable[[Told, int, dict[str, Array]], object]] = {
    "nothing": lambda watch, step, params: None,
    "every second step": lambda watch, step, params: step % 2 or watch(step, params),
    "counted from 1": lambda watch, step, params: watch(step + 1, params),
    "always the same": always_the_same,
    "another dtype": lambda watch, step, params: watch(
        step, {path: value.astype(np.float32) for path, value in params.items()}
    ),
    "another shape": lambda watch, step, params: watch(
        step, {path: value[None] for path, value in params.items()}
    ),
    "NaN at the fourth step": lambda watch, step, params: watch(
        step, {path: value * [1, np.nan][step == 3] for path, value in params.items()}
    ),
    "no statistics": lambda watch, step, params: watch(
        step, {path: v for path, v in params.items() if "running" not in path}
    ),
}


@pytest.mark.parametrize("tell", TOLD)
def test_wrong_steps_are_seen(tell: str) -> None:
    last.clear()
    report = check(Telling(TOLD[tell]))
    assert failures(report) == RECIPES
    assert not report.counts.get("pass")


def test_what_is_no_array_is_refused() -> None:
    def tell(watch: Told, step: int, params: dict[str, Array]) -> None:
        watch(step, {path: value.tolist() for path, value in params.items()})

    (row,) = check(Telling(tell)).bad
    assert "is a list where a NumPy array is expected" in row.verdict.reason


def test_running_sums_that_decay_are_seen() -> None:
    def decay(watch: Told, step: int, params: dict[str, Array]) -> None:
        watch(
            step, params | {"1.running_var": params["1.running_var"] * (1 - 2.0**-20)}
        )

    assert failures(check(Telling(decay))) == RECIPES


def test_what_watching_hides_is_seen() -> None:
    class Hasty(Wrapped):
        """Returns what it has before the last step, unless it is watched."""

        def train(self, *given: Any, watch: Told | None = None, **how: Any) -> Trained:
            inner: Any = self.inner
            if watch is not None:
                found: Trained = inner.train(*given, watch=watch)
                return found
            shown: list[dict[str, Array]] = []
            trained: Trained = inner.train(
                *given, watch=lambda _, params: shown.append(params)
            )
            return replace(trained, params=shown[-2])

    for dtype, status in (("float64", "fail"), ("float32", "inconclusive")):
        rows = check(Hasty("numpy"), dtype=dtype).rows
        (row,) = (r for r in rows if r.verdict.status not in ("pass", "weak"))
        assert row.what == "momentum, cross_entropy: unwatched"
        assert row.verdict.status == status
