"""Agreement: one step of a backend against the reference, tensor by tensor."""

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
    """The verdicts on everything that one step gives.

    Attributes:
        verdicts: by tensor: ``output``, ``grad_input``, ``grad 0.weight``,
            ``state 1.running_mean``.
        ambiguous: units on a kink, by path, that could not be explained; where there
            are any, the case does not decide and nothing passes.
    """

    verdicts: dict[str, Verdict]
    ambiguous: dict[str, int]

    @property
    def passed(self) -> bool:
        """Whether every tensor agrees and the case decides."""
        statuses = {verdict.status for verdict in self.verdicts.values()}
        return statuses <= GOOD and not self.ambiguous

    @property
    def failures(self) -> dict[str, Verdict]:
        """The tensors that are too far off, or malformed."""
        return {n: v for n, v in self.verdicts.items() if v.status == "fail"}

    @property
    def worst(self) -> float:
        """The largest used over allowed."""
        return max(verdict.ratio for verdict in self.verdicts.values())

    def __str__(self) -> str:
        lines = [f"{name}: {verdict}" for name, verdict in self.verdicts.items()]
        lines += [f"{path}: {n} units on a kink" for path, n in self.ambiguous.items()]
        return "\n".join(lines)


def agree(backend: Backend, case: Case) -> Agreement:
    """Run one step of a backend and compare all that it gives with the reference.

    Raises:
        BackendError: the backend cannot build the spec.
    """
    model = backend.compile(case.spec, params=case.params, dtype=case.dtype)
    received = step_with(backend, model, case)
    numerics = numerics_of(backend, case)
    return compare(received, case, numerics, forecast(case, numerics))


def step_with(backend: Backend, model: Any, case: Case) -> dict[str, Array]:
    """Everything that one step of a compiled model gives, by name."""
    step = backend.step(model, case.spec, case.x, case.cotangent, train=case.train)
    return tensors(step)


def numerics_of(backend: Backend, case: Case) -> Numerics:
    """The declared ways of a backend, as far as the case shows them."""
    return getattr(backend, "numerics", Numerics()).on(case.spec)


def compare(
    received: Mapping[str, Array], case: Case, numerics: Numerics, expected: Forecast
) -> Agreement:
    """Judge what a step gave.

    Args:
        received: by tensor.
        case: what was evaluated.
        numerics: the declared ways of the backend.
        expected: the forecast of the case for these numerics.
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
    """Judge tensors by name; those that rest on a declared convention say so.

    Args:
        received: from the backend.
        expected: by the reference, for `numerics`.
        numerics: the declared ways of the backend.
        exact: what the reference gives for other ones.
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
    """For each tensor the fields of `numerics` without which the reference would
    expect something else; the arguments are those of `judge_all`.
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
