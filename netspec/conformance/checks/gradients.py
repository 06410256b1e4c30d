"""`gradients`: of the input and of every parameter, for a fixed random cotangent."""

from __future__ import annotations

from netspec.conformance.checks.base import Findings, of_step
from netspec.conformance.subject import Subject


def gradients(subject: Subject) -> Findings:
    """The gradients agree with the reference, in both modes."""
    return of_step(subject, lambda tensor: tensor.startswith("grad"))
