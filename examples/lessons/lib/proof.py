"""What lessons compare: formulas written by hand, and what errors say."""

from __future__ import annotations

from collections.abc import Callable

from netspec import NetspecError, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case, Verdict, forecast, judge
from netspec.contract import Array


def by_hand(spec: Spec, compute: Callable[[Case], Array], batch: int = 5) -> Verdict:
    """Judge whether a formula gives the reference's output for a case."""
    case = draw_case(spec, train=False, dtype="float64", batch=batch)
    return judge(compute(case), forecast(case).tensors["output"])


def message(attempt: Callable[[], object]) -> str:
    """Return what the error says that a call raises."""
    try:
        attempt()
    except (NetspecError, RuntimeError) as error:
        return str(error)
    return "nothing was refused"
