"""Units that let no gradient pass: dead ones, and saturated ones.

Both are read off the output y of an activation.

- Dead: a unit, one value of the output of an example, at which the derivative is 0 for
  every example of the batch: of `ReLU` where y is always 0, of `ReLU6` 0 or 6, of
  `HardSigmoid` 0 or 1.
- Saturated: a value, of any example, at which the derivative is below `SATURATED` times
  its largest: of `Sigmoid` y (1 - y) below 0.0025, of `Tanh` 1 - y^2 below 0.01, and so
  on for `Softsign`, `Softplus`, `ELU`, `SELU` and `CELU`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from netspec import layers as L
from netspec.contract import Array

SATURATED = 0.01

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


@dataclass(frozen=True)
class Idle:
    """How many units are idle.

    Attributes:
        kind: ``"dead"`` or ``"saturated"``.
        share: the fraction of units, or values, that are.
    """

    kind: str
    share: float


@singledispatch
def idle(layer: L.Layer, y: Array) -> Idle | None:
    """How many units of a layer are idle; None where nothing is said of such layers.

    A layer of your own joins in by ``@idle.register``.

    Args:
        layer: the layer.
        y: its output for a batch, batch first.
    """
    return None


def dead(y: Array, *flat: float) -> Idle:
    """The share of units whose output always has one of these values."""
    always = np.isin(y, flat).all(axis=0)
    return Idle("dead", float(always.mean()))


def saturated(derivative: Array, largest: float = 1.0) -> Idle:
    """The share of values at which the derivative is small."""
    return Idle("saturated", float(np.mean(derivative < SATURATED * largest)))


@idle.register
def _relu(layer: L.ReLU, y: Array) -> Idle:
    return dead(y, 0)


@idle.register
def _relu6(layer: L.ReLU6, y: Array) -> Idle:
    return dead(y, 0, 6)


@idle.register
def _hard_sigmoid(layer: L.HardSigmoid, y: Array) -> Idle:
    return dead(y, 0, 1)


@idle.register
def _sigmoid(layer: L.Sigmoid, y: Array) -> Idle:
    return saturated(y * (1 - y), 1 / 4)


@idle.register
def _tanh(layer: L.Tanh, y: Array) -> Idle:
    return saturated(1 - y * y)


@idle.register
def _softsign(layer: L.Softsign, y: Array) -> Idle:
    return saturated((1 - np.abs(y)) ** 2)


@idle.register
def _softplus(layer: L.Softplus, y: Array) -> Idle:
    return saturated(-np.expm1(-y))


@idle.register
def _elu(layer: L.ELU, y: Array) -> Idle:
    return _exponential(y, 1.0, layer.alpha, layer.alpha)


@idle.register
def _selu(layer: L.SELU, y: Array) -> Idle:
    return _exponential(y, SELU_SCALE, SELU_SCALE * SELU_ALPHA, SELU_SCALE * SELU_ALPHA)


@idle.register
def _celu(layer: L.CELU, y: Array) -> Idle:
    return _exponential(y, 1.0, layer.alpha, 1.0)


def _exponential(y: Array, above: float, depth: float, steepest: float) -> Idle:
    """Of a function that is linear above 0 and tends to ``-depth`` exponentially."""
    falling = (1 + y / depth) * steepest if depth else np.zeros_like(y)
    derivative = np.where(y > 0, above, falling)
    return saturated(derivative, max(above, steepest))
