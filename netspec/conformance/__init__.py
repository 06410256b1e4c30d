"""Conformance: comparing backends with the float64 reference.

case = draw_case(spec, train=True, dtype="float32", seed=0)
print(agree(netspec.backend("torch"), case))
"""

from netspec.conformance.agreement import Agreement, agree
from netspec.conformance.cases import draw_case, draw_single
from netspec.conformance.catalog import single_layers
from netspec.conformance.reference import Case, Forecast, forecast
from netspec.conformance.tolerance import Expected, Verdict, judge

__all__ = [
    "Agreement",
    "Case",
    "Expected",
    "Forecast",
    "Verdict",
    "agree",
    "draw_case",
    "draw_single",
    "forecast",
    "judge",
    "single_layers",
]
