"""What the tests of training share: a model, and what is read off a report."""

from __future__ import annotations

import netspec
from netspec import BatchNorm, Dense, ReLU, Residual, Spec
from netspec.conformance.report import Report
from netspec.contract import Backend

SMALL = Spec(
    "small",
    (6,),
    [Dense(8), BatchNorm(), ReLU(), Residual([Dense(8), ReLU()]), Dense(3)],
)
FRAMEWORKS = ["numpy", "torch", "gluon", "jax"]
RECIPES = {"sgd", "momentum", "weight decay", "adam"}


def check(backend: str | Backend, spec: Spec = SMALL, dtype: str = "float64") -> Report:
    return netspec.conform(spec, backend, dtype, "training")


def recipe(what: str) -> str:
    return what.partition(",")[0]


def failures(report: Report) -> set[str]:
    """The recipes with a tensor that failed."""
    return {recipe(row.what) for row in report.rows if row.verdict.status == "fail"}
