"""Compare one step of a backend with the reference, tensor by tensor."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

import numpy as np

from netspec.conformance.judging._case import Case
from netspec.conformance.judging._flips import blunted, doubt, explain, scatter
from netspec.conformance.judging._forecast import Forecast, forecast, step_of, tensors
from netspec.conformance.judging._tolerance import Expected, judge, norm
from netspec.conformance.judging._verdict import GOOD, Verdict, failed
from netspec.contract import Array, Backend, Numerics, handed
from netspec.reference import Decision, Replay

Verdicts: TypeAlias = dict[str, Verdict]

SCALARS = "float32_scalars"


@dataclass(frozen=True)
class Agreement:
    """The verdicts on all tensors of one step.

    Attributes:
        verdicts: by tensor: ``output``, ``grad_input``, ``grad 0.weight``,
            ``state 1.running_mean``.
    """

    verdicts: dict[str, Verdict]

    @property
    def passed(self) -> bool:
        """True if every tensor agrees."""
        return {verdict.status for verdict in self.verdicts.values()} <= GOOD

    @property
    def failures(self) -> dict[str, Verdict]:
        """Verdicts on the tensors that are too far from the reference, or malformed."""
        return {n: v for n, v in self.verdicts.items() if v.status == "fail"}

    @property
    def worst(self) -> float:
        """Largest ratio of used to allowed distance."""
        return max(verdict.ratio for verdict in self.verdicts.values())

    def __str__(self) -> str:
        return "\n".join(f"{name}: {v}" for name, v in self.verdicts.items())


def agree(backend: Backend, case: Case, device: str | None = None) -> Agreement:
    """Run one step of a backend and compare all its tensors with the reference.

    Args:
        backend: the backend under test.
        case: the model, and the numbers at which it is evaluated.
        device: where to run it, such as ``"gpu"``; None for the backend's own choice.

    Raises:
        BackendError: the backend cannot build the spec.

    Example:
        >>> import netspec
        >>> from netspec.conformance import draw_case
        >>> spec = netspec.Spec("small", (3,), [netspec.Dense(2)])
        >>> case = draw_case(spec, train=True, dtype="float64")
        >>> agree(netspec.backend("torch"), case).passed
        True
    """
    guarded = handed(backend)
    how: dict[str, Any] = {} if device is None else {"device": device}
    model = guarded.compile(case.spec, params=case.params, dtype=case.dtype, **how)
    received = step_with(guarded, model, case)
    numerics = numerics_of(guarded, case)
    expected = given_by(guarded, forecast(case, numerics))
    return compare(received, case, numerics, expected)


def lacks(backend: Backend) -> Mapping[str, str]:
    """Return what a backend says it lacks, as `netspec.contract.LackingBackend` does,
    and why.
    """
    lacking: Mapping[str, str] = getattr(backend, "lacks", {})
    return lacking


def step_with(backend: Backend, model: Any, case: Case) -> dict[str, Array]:
    """Run one step of a compiled model and return all its tensors by name; the output
    alone where the backend has no gradients.
    """
    if "gradients" in lacks(backend):
        output = backend.forward(model, case.spec, case.x, train=case.train)
        return {"output": output}
    step = backend.step(model, case.spec, case.x, case.cotangent, train=case.train)
    return tensors(step)


def given_by(backend: Backend, expected: Forecast) -> Forecast:
    """Leave of a forecast what a backend can give; see `step_with`."""
    if "gradients" not in lacks(backend):
        return expected
    return replace(expected, tensors={"output": expected.tensors["output"]})


def numerics_of(backend: Backend, case: Case) -> Numerics:
    """Return the conventions that a backend declares; those that cannot affect the case
    are at their defaults.
    """
    return getattr(backend, "numerics", Numerics()).on(case.spec)


def compare(
    received: Mapping[str, Array], case: Case, numerics: Numerics, expected: Forecast
) -> Agreement:
    """Judge the tensors of one step.

    Where a tensor is too far from the reference and units are on a kink, flips may
    explain it; if they do not, what random flips may do is inconclusive.

    Args:
        received: tensors that the backend returned, by name.
        case: the model, and the numbers at which it was evaluated.
        numerics: conventions that the backend declares.
        expected: forecast of `case` under `numerics`.
    """

    def run(made: Sequence[Decision], way: Numerics = numerics) -> dict[str, Array]:
        return tensors(step_of(case, way, Replay(made) if made else None))

    def judged(tensors: Mapping[str, Expected], made: Sequence[Decision]) -> Verdicts:
        return judge_all(received, tensors, numerics, lambda way: run(made, way))

    kinks, exact = expected.kinks, expected.tensors
    verdicts = judged(exact, kinks.made)
    far = [name for name, verdict in verdicts.items() if verdict.status == "fail"]
    if not (far and kinks.made):
        return Agreement(verdicts)
    if not any(math.isinf(verdicts[name].used) for name in far):
        explained = explain(kinks, run, received, exact)
        if explained:
            found = {
                name: replace(of_tensor, exact=explained.tensors[name])
                for name, of_tensor in exact.items()
            }
            return Agreement(judged(found, explained.made))
    units = kinks.contested
    flipped = [run(made) for made in scatter(kinks, 0)]
    for name in far:
        if name in exact:
            others = [other[name] for other in flipped]
            verdicts[name] = doubt(verdicts[name], units, blunted(exact[name], others))
    return Agreement(verdicts)


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
        name: noted(judge(received[name], of_tensor), rests_on.get(name, ()))
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
    """Find, for each tensor, the conventions in `numerics` on which its verdict rests.

    Without such a convention, the reference would give a tensor that is farther away
    than the tolerance allows. Those scalars that are kept in float32 are conventions of
    their own; where only several of them together move a tensor that far, it rests on
    ``float32_scalars`` as a whole.

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
        moved = list(_moved(expected, exact(replace(numerics, **default))))
        named: dict[str, tuple[str, ...]] = dict.fromkeys(moved, (field.name,))
        if field.name == SCALARS and moved:
            named |= _scalars_behind(expected, numerics, exact)
        for name in moved:
            found[name] = (*found.get(name, ()), *named[name])
    return found


def _scalars_behind(
    expected: Mapping[str, Expected],
    numerics: Numerics,
    exact: Callable[[Numerics], Mapping[str, Array]],
) -> dict[str, tuple[str, ...]]:
    """Name, for each tensor, the scalars of which one by itself moves it."""
    found: dict[str, tuple[str, ...]] = {}
    for scalar, without in scalars_apart(numerics):
        for name in _moved(expected, exact(without)):
            found[name] = (*found.get(name, ()), scalar)
    return found


def scalars_apart(numerics: Numerics) -> Iterator[tuple[str, Numerics]]:
    """Yield conventions without each scalar that is kept in float32, by its name, such
    as ``"float32_scalars: LayerNorm.eps"``.
    """
    for pair in sorted(numerics.float32_scalars):
        others = numerics.float32_scalars - {pair}
        name = f"{SCALARS}: {'.'.join(pair)}"
        yield name, replace(numerics, float32_scalars=others)


def sharpened(conventions: Sequence[str]) -> tuple[str, ...]:
    """Leave out ``float32_scalars`` as a whole where one of them is named."""
    named = any(name.startswith(f"{SCALARS}: ") for name in conventions)
    return tuple(name for name in conventions if not (named and name == SCALARS))


def _moved(
    expected: Mapping[str, Expected], other: Mapping[str, Array]
) -> Iterator[str]:
    """Name the tensors that are farther apart than the tolerance allows."""
    for name, of_tensor in expected.items():
        moved = norm(np.asarray(other[name] - of_tensor.exact))
        if moved > of_tensor.allowed and not of_tensor.is_structural_zero:
            yield name


def noted(verdict: Verdict, rests_on: tuple[str, ...]) -> Verdict:
    """Return the verdict, declared if it is a pass that rests on conventions."""
    if verdict.status != "pass" or not rests_on:
        return verdict
    reason = f"as declared by {' and '.join(rests_on)}"
    return replace(verdict, status="declared", reason=reason, conventions=rests_on)
