"""`state`: running statistics after a full step, forward and backward."""

from __future__ import annotations

from netspec.conformance.checks.base import Findings, of_step
from netspec.conformance.subject import Subject


def state(subject: Subject) -> Findings:
    """The state moves in training and stands still in evaluation."""
    return of_step(subject, lambda tensor: tensor.startswith("state"))
