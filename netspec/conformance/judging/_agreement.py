"""Compare one step of a backend with the reference, tensor by tensor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from netspec.conformance.judging._case import Case
from netspec.conformance.judging._flips import explain
from netspec.conformance.judging._forecast import Forecast, forecast, step_of, tensors
from netspec.conformance.judging._tolerance import Expected, judge, norm
from netspec.conformance.judging._verdict import GOOD, Verdict, failed
from netspec.contract import Array, Backend, Numerics


@dataclass(frozen=True)
class Agreement:
    """The verdicts on all tensors of one step.

    Attributes:
        verdicts: by tensor: ``output``, ``grad_input``, ``grad 0.weight``,
            ``state 1.running_mean``.
        ambiguous: number of units so close to a kink that rounding may decide, by path
            of their layer, where no flips explain the received tensors; if there are
            any, the step does not pass.
    """

    verdicts: dict[str, Verdict]
    ambiguous: dict[str, int]

    @property
    def passed(self) -> bool:
        """True if every tensor agrees and no unit is ambiguous."""
        statuses = {verdict.status for verdict in self.verdicts.values()}
        return statuses <= GOOD and not self.ambiguous

    @property
    def failures(self) -> dict[str, Verdict]:
        """Verdicts on the tensors that are too far from the reference, or malformed."""
        return {n: v for n, v in self.verdicts.items() if v.status == "fail"}

    @property
    def worst(self) -> float:
        """Largest ratio of used to allowed distance."""
        return max(verdict.ratio for verdict in self.verdicts.values())

    def __str__(self) -> str:
        lines = [f"{name}: {verdict}" for name, verdict in self.verdicts.items()]
        lines += [f"{path}: {n} units on a kink" for path, n in self.ambiguous.items()]
        return "\n".join(lines)


def agree(backend: Backend, case: Case, device: str | None = None) -> Agreement:
    """Run one step of a backend and compare all its tensors with the reference.

    Args:
        backend: the backend under test.
        case: the model, and the numbers at which it is evaluated.
        device: where to run it, such as ``"gpu"``; None for the backend's own choice.

    Raises:
        BackendError: the backend cannot build the spec.
    """
    how: dict[str, Any] = {} if device is None else {"device": device}
    model = backend.compile(case.spec, params=case.params, dtype=case.dtype, **how)
    received = step_with(backend, model, case)
    numerics = numerics_of(backend, case)
    return compare(received, case, numerics, forecast(case, numerics))


def step_with(backend: Backend, model: Any, case: Case) -> dict[str, Array]:
    """Run one step of a compiled model and return all its tensors by name."""
    step = backend.step(model, case.spec, case.x, case.cotangent, train=case.train)
    return tensors(step)


def numerics_of(backend: Backend, case: Case) -> Numerics:
    """Return the conventions that a backend declares; those that cannot affect the case
    are at their defaults.
    """
    return getattr(backend, "numerics", Numerics()).on(case.spec)


def compare(
    received: Mapping[str, Array], case: Case, numerics: Numerics, expected: Forecast
) -> Agreement:
    """Judge the tensors of one step; explain flips of ambiguous units if possible.

    Args:
        received: tensors that the backend returned, by name.
        case: the model, and the numbers at which it was evaluated.
        numerics: conventions that the backend declares.
        expected: forecast of `case` under `numerics`.
    """
    ambiguous = expected.ambiguous
    if ambiguous:
        explained = explain(case, numerics, expected, received)
        expected, ambiguous = (explained, {}) if explained else (expected, ambiguous)
    verdicts = judge_all(
        received,
        expected.tensors,
        numerics,
        lambda other: tensors(step_of(case, other)),
    )
    return Agreement(verdicts, ambiguous)


def judge_all(
    received: Mapping[str, Array],
    expected: Mapping[str, Expected],
    numerics: Numerics,
    exact: Callable[[Numerics], Mapping[str, Array]],
) -> dict[str, Verdict]:
    """Judge tensors by name, and say which verdicts rest on a declared convention.

    Args:
        received: tensors that the backend returned.
        expected: tensors that the reference expects under `numerics`.
        numerics: conventions that the backend declares.
        exact: computes the tensors of the reference under other conventions.
    """
    rests_on = conventions(expected, numerics, exact)
    verdicts = {
        name: _noted(judge(received[name], of_tensor), rests_on.get(name, ()))
        if name in received
        else failed("missing", of_tensor.allowed)
        for name, of_tensor in expected.items()
    }
    for name in sorted(set(received) - set(expected)):
        verdicts[name] = failed("the reference has no such tensor")
    return verdicts


def conventions(
    expected: Mapping[str, Expected],
    numerics: Numerics,
    exact: Callable[[Numerics], Mapping[str, Array]],
) -> dict[str, tuple[str, ...]]:
    """Find, for each tensor, the fields of `numerics` on which its verdict rests.

    With the default of such a field, the reference would give a tensor that is farther
    away than the tolerance allows.

    Args:
        expected: tensors that the reference expects under `numerics`.
        numerics: conventions that the backend declares.
        exact: computes the tensors of the reference under other conventions.
    """
    found: dict[str, tuple[str, ...]] = {}
    for field in fields(numerics):
        if getattr(numerics, field.name) == field.default:
            continue
        default: Any = {field.name: field.default}
        other = exact(replace(numerics, **default))
        for name, of_tensor in expected.items():
            moved = norm(np.asarray(other[name] - of_tensor.exact))
            if moved > of_tensor.allowed and not of_tensor.is_structural_zero:
                found[name] = (*found.get(name, ()), field.name)
    return found


def _noted(verdict: Verdict, rests_on: tuple[str, ...]) -> Verdict:
    if verdict.status != "pass" or not rests_on:
        return verdict
    reason = f"as declared by {' and '.join(rests_on)}"
    return replace(verdict, status="declared", reason=reason, conventions=rests_on)
