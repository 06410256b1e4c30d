"""One model on one backend, against the reference: a step of a small one, all checks
that are about its numbers of a large one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from netspec.conformance import Subject, UnsupportedError, plan, run
from netspec.conformance.judging import raised
from netspec.contract import Backend
from netspec.spec import Spec
from tests.fuzz.draw import draw_spec
from tests.fuzz.large import draw_large

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
        seconds: CPU seconds that the model took in this dtype, on its first finding.
    """

    number: int
    backend: str
    dtype: str
    what: str
    status: str
    ratio: float
    sharpness: float
    reason: str
    seconds: float = 0.0


def trial(number: int, spec: Spec, backend: Backend, dtype: str) -> Iterator[Finding]:
    """Both modes of a model."""
    subject, key = Subject(backend, spec, dtype), (number, backend.name, dtype)
    for mode, train in MODES.items():
        try:
            yield from _step(subject, train, mode, key)
        except UnsupportedError as error:
            yield Finding(*key, mode, "unsupported", 0.0, 0.0, str(error))
        except Exception as error:  # the run goes on
            verdict = raised(error)
            yield Finding(
                *key, mode, verdict.status, verdict.ratio, 0.0, verdict.reason
            )


def _step(
    subject: Subject, train: bool, mode: str, key: tuple[int, str, str]
) -> Iterator[Finding]:
    agreement, expected = subject.agreement(train), subject.forecast(train)
    for tensor, verdict in agreement.verdicts.items():
        wanted = expected.tensors.get(tensor)
        plain = wanted is not None and wanted.norm and not wanted.is_structural_zero
        sharpness = verdict.allowed / wanted.norm if wanted and plain else 0.0
        what = f"{mode}: {tensor}"
        yield Finding(
            *(*key, what, verdict.status),
            *(verdict.ratio, sharpness, verdict.reason),
        )


CHECKS = ("outputs", "gradients", "state", "training")


def trial_large(
    number: int, spec: Spec, backend: Backend, dtype: str
) -> Iterator[Finding]:
    """A step in both modes, and training."""
    for unit in plan(spec, backend, dtype, CHECKS):
        for row in () if unit.subject.alone else run(unit):
            verdict, what = row.verdict, f"{row.check}: {row.what}"
            yield Finding(
                *(number, backend.name, dtype, what, verdict.status),
                *(verdict.ratio, 0.0, verdict.reason),
            )


class Half(NamedTuple):
    """One half of the false-alarm run.

    Attributes:
        draw: a model from a seed and a number.
        trial: of a model on a backend in a dtype.
        chunk: models between two lines of progress.
        undecided: largest share of the verdicts that may be undecided.
    """

    draw: Callable[[int, int], Spec]
    trial: Callable[[int, Spec, Backend, str], Iterator[Finding]]
    chunk: int
    undecided: float


HALVES = {
    "small": Half(draw_spec, trial, 10, 0.01),
    "large": Half(draw_large, trial_large, 1, 0.01),
}
