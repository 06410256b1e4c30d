"""Try one spec on one backend: a step in both modes, against the reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from netspec.conformance import Subject, UnsupportedError, draw_case
from netspec.conformance.judging import (
    Case,
    Verdict,
    numerics_of,
    passes,
    raised,
    step_with,
)
from netspec.contract import Backend, has_dtype
from netspec.spec import Spec

MODES = {"evaluation": False, "training": True}


class Finding(NamedTuple):
    """A tensor that does not pass.

    Attributes:
        mode: ``"evaluation"`` or ``"training"``.
        tensor: such as ``"output"`` or ``"grad 0.weight"``; empty where there is none.
        status: ``"fail"``, ``"inconclusive"`` or ``"unsupported"``.
        ratio: distance used over allowed.
        reason: why.
    """

    mode: str
    tensor: str
    status: str
    ratio: float
    reason: str


def trial(
    spec: Spec, backend: Backend, dtype: str = "float64", seed: int = 0
) -> list[Finding]:
    """Return what does not pass in a step of each mode, gradients and state included.

    First the tensors are held against as few replicas of the reference as can show that
    they pass; where that does not do, the whole rule decides, on numbers of its own.

    Args:
        spec: the model.
        backend: the backend under test.
        dtype: ``"float32"`` or ``"float64"``.
        seed: of the numbers at which the model is evaluated.
    """
    if not has_dtype(spec):
        return []
    subject = Subject(backend, spec, dtype, seed)
    with subject.quickly():
        try:
            if _passes(subject):
                return []
        except Exception:  # noqa: S110 (what it raises again is a finding)
            pass
        return list(_judged(subject))


def _passes(subject: Subject) -> bool:
    """Tell whether a step in each mode passes, on the numbers of training."""
    if subject.lacks("training", "gradients"):
        return False  # there is less to look at
    spec, plain = subject.spec, subject.spec.without_dropout()
    case = draw_case(plain, train=True, dtype=subject.dtype, seed=subject.seed)
    trained = evaluated = subject.compile(plain, params=case.params)
    if spec != plain:  # in evaluation Dropout does nothing
        evaluated = subject.compile(spec, params=case.params)
    steps = (evaluated, replace(case, spec=spec, train=False)), (trained, case)
    return all(_step_passes(subject.backend, model, case) for model, case in steps)


def _step_passes(backend: Backend, model: object, case: Case) -> bool:
    received = step_with(backend, model, case)
    return passes(received, case, numerics_of(backend, case))


def _judged(subject: Subject) -> Iterator[Finding]:
    for mode, train in MODES.items():
        if train and subject.lacks("training"):
            continue
        try:
            subject.case(train)
        except Exception as error:  # of the reference of a user's layer
            yield _finding(mode, "", raised(error), "inconclusive")
            continue
        try:
            agreement = subject.agreement(train)
        except UnsupportedError as error:
            yield Finding(mode, "", "unsupported", 0.0, str(error))
            continue
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, too
            yield _finding(mode, "", raised(error), "fail")
            continue
        for tensor, verdict in agreement.verdicts.items():
            if verdict.status in ("fail", "inconclusive"):
                yield _finding(mode, tensor, verdict, verdict.status)


def _finding(mode: str, tensor: str, verdict: Verdict, status: str) -> Finding:
    return Finding(mode, tensor, status, verdict.ratio, verdict.reason)
