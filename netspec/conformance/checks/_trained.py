"""`trained`: what one step gives with the weights that a net was trained to."""

from __future__ import annotations

from dataclasses import replace

from netspec.conformance._subject import Subject, UnsupportedError
from netspec.conformance.checks._base import MODES, Findings
from netspec.conformance.judging import forecast, numerics_of
from netspec.spec import check_values, load_params


def trained(subject: Subject) -> Findings:
    """Check that a net with the weights that it was trained to agrees with the
    reference, in both modes: outputs, gradients and running statistics, on a batch that
    is drawn.
    """
    if subject.weights is None:
        raise UnsupportedError("there is no file of trained weights")
    spec, dtype = subject.spec, subject.dtype
    held = load_params(subject.weights, spec)[1]
    check_values(spec, held, dtype)
    params = {path: array.astype(dtype) for path, array in held.items()}
    for mode, train in MODES.items():
        case = replace(subject.case(train), params=params)
        expected = forecast(case, numerics_of(subject.backend, case))
        for tensor, verdict in subject.judged(case, expected).verdicts.items():
            yield f"{mode}: {tensor}", verdict
