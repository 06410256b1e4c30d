"""`outputs`, `gradients` and `state`: what one step gives, in both modes."""

from __future__ import annotations

import numpy as np

from netspec.conformance._subject import Subject
from netspec.conformance.checks._base import Findings, of_step
from netspec.conformance.judging import Verdict, decided


def outputs(subject: Subject) -> Findings:
    """Check that the output agrees with the reference in both modes, and that a later
    call does not change it.
    """
    yield from of_step(subject, lambda tensor: tensor == "output")
    if not subject.alone:
        yield "an output is not changed by the next call", _stays(subject)


def _stays(subject: Subject) -> Verdict:
    case = subject.case(train=False)
    model = subject.compile(case.spec, params=case.params)
    own = subject.backend.own  # whose arrays are its own, not copies of them
    first = own.forward(model, case.spec, np.array(case.x))
    kept = np.array(first)
    own.forward(model, case.spec, np.roll(case.x, 1, axis=0))
    same = np.array_equal(kept, np.array(first), equal_nan=True)
    return decided(same, "it is a view that a later call writes to; return a copy")


def gradients(subject: Subject) -> Findings:
    """Check that the gradients agree with the reference, in both modes: of the input
    and of every parameter, for a fixed random cotangent.
    """
    return of_step(subject, lambda tensor: tensor.startswith("grad"), "gradients")


def state(subject: Subject) -> Findings:
    """Check that the running statistics move in a full training step as the reference's
    do, and stand still in evaluation.
    """
    return of_step(subject, lambda tensor: tensor.startswith("state"), "training")
