"""`errors`: bad input raises a clear error, and leaves the model as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from netspec.conformance._subject import Subject
from netspec.conformance.checks._base import Findings
from netspec.conformance.judging import Case, Verdict, decided, failed
from netspec.contract import HandlingError, smallest_vocabulary
from netspec.errors import NetspecError, said

Attempt = Callable[[], Any]


def errors(subject: Subject) -> Findings:
    """Check that every bad input is refused by an error of netspec's family."""
    case = subject.case(train=False)
    model = subject.compile(case.spec, params=case.params)
    before = subject.backend.forward(model, case.spec, case.x)
    for what, attempt in _attempts(subject, model, case):
        yield what, _refused(attempt)
    after = subject.backend.forward(model, case.spec, case.x)
    same = np.array_equal(before, after, equal_nan=True)
    yield "works as before", decided(same, "another output after refused inputs")


def _attempts(
    subject: Subject, model: Any, case: Case
) -> Iterator[tuple[str, Attempt]]:
    backend, spec = subject.backend, case.spec

    def forward(x: Any) -> Attempt:
        return lambda: backend.forward(model, spec, x)

    def step(cotangent: Any) -> Attempt:
        return lambda: backend.step(model, spec, case.x, cotangent)

    def load(params: Any) -> Attempt:
        return lambda: backend.load_params(model, spec, params)

    yield "a batch that is a list", forward(case.x.tolist())
    yield "an empty batch", forward(case.x[:0])
    yield "no batch axis", forward(case.x[0])
    yield "an axis too many", forward(case.x[..., None])
    if case.params or spec.input_dtype == "int":  # else a model has no dtype
        yield "another dtype", forward(case.x.astype(_other(case)))
    if (size := smallest_vocabulary(spec)) is not None:
        yield "an index too large", forward(np.full_like(case.x, size))
        yield "a negative index", forward(np.full_like(case.x, -1))
    yield "a cotangent for another batch", step(case.cotangent[:-1])
    yield "a cotangent of another dtype", step(case.cotangent.astype(np.float16))
    if case.params:
        path, value = next(iter(case.params.items()))
        less = {name: v for name, v in case.params.items() if name != path}
        yield "a parameter missing", load(less)
        yield "a parameter too many", load({**case.params, "no.such": value})
        yield "a parameter of another shape", load({**case.params, path: value[None]})
    params = case.params
    yield "params and a seed", lambda: backend.compile(spec, params=params, seed=0)
    yield "no such dtype", lambda: backend.compile(spec, dtype="float128", seed=0)


def _other(case: Case) -> Any:
    if case.spec.input_dtype == "int":
        return np.float32
    return np.float32 if case.dtype == "float64" else np.float64


def _refused(attempt: Attempt) -> Verdict:
    try:
        attempt()
    except HandlingError as error:
        return failed(str(error))
    except NetspecError as error:
        return decided(bool(str(error)), "an error without a message")
    except Exception as error:
        kind = type(error).__name__
        return failed(f"raised {kind}, which is no NetspecError: {said(error)}")
    return failed("accepted")
