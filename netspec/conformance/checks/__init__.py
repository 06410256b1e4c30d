"""The checks, one file each.

A check takes a `Subject` and yields what it looked at with a verdict. Its docstring
says what it proves.
"""

from __future__ import annotations

from netspec.conformance.checks.base import Check, Findings
from netspec.conformance.checks.dropout import dropout
from netspec.conformance.checks.errors import errors
from netspec.conformance.checks.gradients import gradients
from netspec.conformance.checks.init_statistics import init_statistics
from netspec.conformance.checks.init_values import init_values
from netspec.conformance.checks.outputs import outputs
from netspec.conformance.checks.source import source
from netspec.conformance.checks.state import state
from netspec.conformance.checks.training import training

CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        outputs,
        gradients,
        state,
        training,
        dropout,
        init_statistics,
        init_values,
        source,
        errors,
    )
}

# Run on every layer of a net alone, too: whole nets hide half of the bugs
ALONE = frozenset({"outputs", "gradients", "state"})

__all__ = ["ALONE", "CHECKS", "Check", "Findings"]
