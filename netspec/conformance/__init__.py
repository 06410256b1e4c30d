"""Conformance: comparing backends with the float64 reference.

    print(netspec.conform(spec).passed)

runs every check on every installed backend. A single comparison:

    case = draw_case(spec, train=True, dtype="float32", seed=0)
    print(agree(netspec.backend("torch"), case))
"""

from netspec.conformance.agreement import Agreement, agree
from netspec.conformance.cases import draw_case, draw_single
from netspec.conformance.catalog import single_layers
from netspec.conformance.checks import CHECKS
from netspec.conformance.reference import Case, Forecast, forecast
from netspec.conformance.report import Localization, Report, Row
from netspec.conformance.run import conform
from netspec.conformance.subject import Subject
from netspec.conformance.tolerance import Expected, judge
from netspec.conformance.verdict import STATUSES, Verdict

__all__ = [
    "CHECKS",
    "STATUSES",
    "Agreement",
    "Case",
    "Expected",
    "Forecast",
    "Localization",
    "Report",
    "Row",
    "Subject",
    "Verdict",
    "agree",
    "conform",
    "draw_case",
    "draw_single",
    "forecast",
    "judge",
    "single_layers",
]
