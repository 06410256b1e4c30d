"""How a run is told to spread over processes."""

from __future__ import annotations

from typing import Any

import pytest

from netspec import NetspecError
from netspec.conformance import conform
from tests.conformance.test_isolate import SPEC, STEP


@pytest.mark.parametrize("timeout", ["3", None, float("nan"), -1, 1e300])
def test_timeouts_that_cannot_be(timeout: Any) -> None:
    with pytest.raises(NetspecError, match="timeout must be above 0"):
        conform(SPEC, "numpy", timeout=timeout)


@pytest.mark.parametrize("jobs", [0, True, "2", 1.5])
def test_jobs_that_cannot_be(jobs: Any) -> None:
    with pytest.raises(NetspecError, match="jobs must be a positive integer"):
        conform(SPEC, "numpy", jobs=jobs)


def test_what_is_chosen_may_be_an_iterator() -> None:
    chosen = iter(["numpy"]), iter(["float64", "float32"]), iter(STEP)
    assert conform(SPEC, *chosen).rows == conform(SPEC, "numpy", checks=STEP).rows
