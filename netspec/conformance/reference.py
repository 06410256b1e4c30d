"""What the float64 reference says of a case, and how far rounding may move it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from netspec.backend import Array, Numerics, Step
from netspec.conformance.kinks import ambiguous, levels
from netspec.conformance.tolerance import (
    REPLICAS,
    UNIT_ROUNDOFF,
    Expected,
)
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_numpy import Run, step
from netspec_numpy.arithmetic import Exact, Perturbed
from netspec_numpy.choices import Choices, Free, Record, Replay
from netspec_numpy.run import Scalars, exact_scalar


@dataclass(frozen=True)
class Case:
    """A model with numbers: everything that an evaluation needs.

    Attributes:
        spec: the model.
        params: parameters by canonical path, in the dtype under test.
        x: a batch.
        cotangent: gradient with respect to the output.
        train: training or evaluation mode.
        dtype: the format under test.
        masks: kept positions by path of a Dropout.
    """

    spec: Spec
    params: Mapping[str, Array]
    x: Array
    cotangent: Array
    train: bool
    dtype: str
    masks: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Forecast:
    """The reference's answer to a case.

    Attributes:
        tensors: by name: ``output``, ``grad_input``, ``grad 0.weight``,
            ``state 1.running_mean``.
        ambiguous: units so close to a kink that rounding may decide either way,
            counted by the path of their layer.
    """

    tensors: dict[str, Expected]
    ambiguous: dict[str, int]


def tensors(result: Step) -> dict[str, Array]:
    """Everything in a step by name."""
    named = {"output": result.output}
    if result.grad_input is not None:
        named["grad_input"] = result.grad_input
    named |= {f"grad {path}": value for path, value in result.grad_params.items()}
    return named | {f"state {path}": value for path, value in result.state.items()}


def step_of(case: Case, numerics: Numerics | None = None) -> Step:
    """What the float64 reference gives, without replicas."""
    return _step(case, numerics or Numerics(), Free(), None)


def forecast(case: Case, numerics: Numerics | None = None) -> Forecast:
    """Evaluate the reference once exactly and `REPLICAS` times with rounding.

    Args:
        case: what to evaluate; its arrays are widened to float64.
        numerics: the declared ways of the framework that is to be compared.
    """
    numerics = numerics or Numerics()
    record = Record()
    exact = tensors(_step(case, numerics, record, None))
    squares = dict.fromkeys(exact, 0.0)
    noise = [np.zeros(decision.x.shape) for decision in record.made]
    for seed in range(REPLICAS):
        replay = Replay(record)
        replica = tensors(_step(case, numerics, replay, seed))
        for name, value in replica.items():
            squares[name] += _square(value - exact[name])
        for total, mine, first in zip(noise, replay.seen, record.made, strict=True):
            moved = _difference(levels(mine, mine.x), levels(first, first.x))
            np.add(total, moved**2, out=total)
    expected = {
        name: Expected(value, (squares[name] / REPLICAS) ** 0.5, case.dtype)
        for name, value in exact.items()
    }
    sigmas = [np.sqrt(total / REPLICAS) for total in noise]
    return Forecast(expected, _count_ambiguous(record, sigmas, case.dtype))


def _step(
    case: Case, numerics: Numerics, choices: Choices, replica: int | None
) -> Step:
    def widen(x: Array) -> Array:
        return x.astype(np.float64) if np.issubdtype(x.dtype, np.floating) else x

    unit = UNIT_ROUNDOFF[case.dtype]
    run = Run(
        {path: widen(value) for path, value in case.params.items()},
        case.train,
        ops=Exact() if replica is None else Perturbed(unit, replica),
        choices=choices,
        masks=case.masks,
        native_variance=numerics.running_variance,
        scalars=_scalars(numerics),
    )
    return step(case.spec, widen(case.x), widen(case.cotangent), run)


def _scalars(numerics: Numerics) -> Scalars:
    def scalar(layer: Layer, name: str) -> float:
        value = exact_scalar(layer, name)
        narrow = (type(layer).__name__, name) in numerics.float32_scalars
        return float(np.float32(value)) if narrow else value

    return scalar


def _square(x: Array) -> float:
    finite = x[np.isfinite(x)]
    return float(np.vdot(finite, finite))


def _difference(a: Array, b: Array) -> Array:
    with np.errstate(invalid="ignore"):  # -inf of pool padding on both sides
        return np.asarray(np.nan_to_num(a - b, nan=0.0))


def _count_ambiguous(record: Record, sigmas: list[Array], dtype: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for decision, sigma in zip(record.made, sigmas, strict=True):
        close = ambiguous(decision, sigma, dtype)
        if close:
            counts[decision.path] = counts.get(decision.path, 0) + close
    return counts
