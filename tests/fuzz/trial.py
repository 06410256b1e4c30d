"""One step of one model on one backend, against the reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netspec.conformance import Subject, UnsupportedError
from netspec.conformance.judging import compare, forecast, numerics_of, step_with
from netspec.contract import Backend
from netspec.spec import Spec

MODES = {"evaluation": False, "training": True}


class Finding(NamedTuple):
    """The verdict on one tensor.

    Attributes:
        number: of the model.
        backend: its name.
        dtype: ``"float32"`` or ``"float64"``.
        what: mode and tensor.
        status: of the verdict.
        ratio: used over allowed.
        sharpness: allowed over the norm of the tensor: an error that is a larger share
            of it is seen; 0 where it should be zero.
        reason: of the verdict.
    """

    number: int
    backend: str
    dtype: str
    what: str
    status: str
    ratio: float
    sharpness: float
    reason: str


def trial(number: int, spec: Spec, backend: Backend, dtype: str) -> Iterator[Finding]:
    """Both modes of a model."""
    subject, key = Subject(backend, spec, dtype), (number, backend.name, dtype)
    for mode, train in MODES.items():
        try:
            yield from _step(subject, train, mode, key)
        except UnsupportedError as error:
            yield Finding(*key, mode, "unsupported", 0.0, 0.0, str(error))


def _step(
    subject: Subject, train: bool, mode: str, key: tuple[int, str, str]
) -> Iterator[Finding]:
    case = subject.case(train)
    model = subject.compile(case.spec, params=case.params)
    numerics = numerics_of(subject.backend, case)
    expected = forecast(case, numerics)
    received = step_with(subject.backend, model, case)
    agreement = compare(received, case, numerics, expected)
    for tensor, verdict in agreement.verdicts.items():
        wanted = expected.tensors.get(tensor)
        plain = wanted is not None and wanted.norm and not wanted.is_structural_zero
        sharpness = verdict.allowed / wanted.norm if wanted and plain else 0.0
        what = f"{mode}: {tensor}"
        yield Finding(
            *(*key, what, verdict.status),
            *(verdict.ratio, sharpness, verdict.reason),
        )
