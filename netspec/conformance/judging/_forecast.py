"""Forecast the step of a case, and how far rounding may move its tensors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from netspec.conformance.judging._case import Case
from netspec.conformance.judging._flips import NO_KINKS, Kinks
from netspec.conformance.judging._kinks import distances, levels
from netspec.conformance.judging._tolerance import REPLICAS, UNIT_ROUNDOFF, Expected
from netspec.contract import Array, Numerics, Step
from netspec.layers import Layer
from netspec.reference import (
    Arithmetic,
    Choices,
    Exact,
    Free,
    Perturbed,
    Record,
    Replay,
    Run,
    Scalars,
    Watch,
    exact_scalar,
    step,
)


@dataclass(frozen=True)
class Forecast:
    """The result of the reference for a case.

    Attributes:
        tensors: by name: ``output``, ``grad_input``, ``grad 0.weight``,
            ``state 1.running_mean``.
        kinks: on which piece of a piecewise function each value fell; empty if no unit
            is contested.
    """

    tensors: dict[str, Expected]
    kinks: Kinks = NO_KINKS


def tensors(result: Step) -> dict[str, Array]:
    """Return all tensors of a step by name, such as ``output`` or ``grad 0.weight``."""
    named = {"output": result.output}
    if result.grad_input is not None:
        named["grad_input"] = result.grad_input
    named |= {f"grad {path}": value for path, value in result.grad_params.items()}
    return named | {f"state {path}": value for path, value in result.state.items()}


def step_of(
    case: Case, numerics: Numerics | None = None, choices: Choices | None = None
) -> Step:
    """Run one step of the float64 reference, without rounding.

    Args:
        case: the model, and the numbers at which to evaluate it.
        numerics: conventions of a framework, which the reference imitates; defaults if
            None.
        choices: how kinks are decided; freely if None.
    """
    return step_in(case, numerics or Numerics(), choices or Free())


def activations(case: Case) -> dict[str, Array]:
    """Return the output of every layer in the float64 reference, by canonical path."""
    seen: dict[str, Array] = {}
    step_in(case, Numerics(), Free(), watch=seen.__setitem__)
    return seen


def forecast(case: Case, numerics: Numerics | None = None) -> Forecast:
    """Evaluate the reference once exactly and `REPLICAS` times with rounding.

    Args:
        case: the model, and the numbers at which to evaluate it; arrays are widened to
            float64.
        numerics: conventions of the framework under test, which the reference imitates.
    """
    return _forecast(case, numerics or Numerics())


@lru_cache(maxsize=4)  # whoever draws a case has looked at what is forecast
def _forecast(case: Case, numerics: Numerics) -> Forecast:
    record = Record()
    exact = tensors(step_in(case, numerics, record))
    squares = dict.fromkeys(exact, 0.0)
    noise = [np.zeros(decision.x.shape) for decision in record.made]
    for ops in replicas(UNIT_ROUNDOFF[case.dtype], REPLICAS):
        replay = Replay(record.made)
        replica = tensors(step_in(case, numerics, replay, ops))
        for name, value in replica.items():
            squares[name] += square(value - exact[name])
        for total, mine, first in zip(noise, replay.seen, record.made, strict=True):
            moved = difference(levels(mine, mine.x), levels(first, first.x))
            np.add(total, moved**2, out=total)
    expected = {
        name: Expected(value, (squares[name] / REPLICAS) ** 0.5, case.dtype)
        for name, value in exact.items()
    }
    apart = [
        distances(decision, np.sqrt(total / REPLICAS), case.dtype)
        for decision, total in zip(record.made, noise, strict=True)
    ]
    kinks = Kinks(record.made, apart)
    return Forecast(expected, kinks) if kinks.contested else Forecast(expected)


def replicas(unit_roundoff: float, count: int) -> Iterator[Arithmetic]:
    """Yield arithmetics that round at random, for as many evaluations of one case."""
    sizes: list[Array] = []
    for seed in range(count):
        yield Perturbed(unit_roundoff, seed).beside(sizes)


def step_in(
    case: Case,
    numerics: Numerics,
    choices: Choices,
    ops: Arithmetic | None = None,
    watch: Watch = lambda path, value: None,
) -> Step:
    """Run one step of the reference, rounded as some arithmetic does; exactly if it is
    None.
    """
    run = Run(
        {path: widen(value) for path, value in case.params.items()},
        case.train,
        ops=ops or Exact(),
        choices=choices,
        masks=case.masks,
        native_variance=numerics.running_variance,
        scalars=scalars_of(numerics),
        watch=watch,
    )
    return step(case.spec, widen(case.x), widen(case.cotangent), run)


def scalars_of(numerics: Numerics) -> Scalars:
    """Return a function that gives scalar fields of layers as a framework holds them,
    some of them rounded to float32.
    """

    def scalar(layer: Layer, name: str) -> float:
        value = exact_scalar(layer, name)
        narrow = (type(layer).__name__, name) in numerics.float32_scalars
        return numerics.to_float32(value) if narrow else value

    return scalar


def square(x: Array) -> float:
    """Sum the squares of all finite values."""
    finite = x[np.isfinite(x)]
    return float(np.vdot(finite, finite))


def widen(x: Array) -> Array:
    """Convert an array to float64; leave integers as they are."""
    return x.astype(np.float64) if np.issubdtype(x.dtype, np.floating) else x


def difference(a: Array, b: Array) -> Array:
    """Subtract two arrays; the result is 0 where both are the same infinity."""
    with np.errstate(invalid="ignore"):  # -inf of pool padding on both sides
        apart = np.asarray(a - b)
    return apart if np.isfinite(apart).all() else np.nan_to_num(apart, nan=0.0)
