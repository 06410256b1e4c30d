"""Units that let no gradient pass: dead ones, and saturated ones.

Both are read off the output y of an activation.

- Dead: a unit, one value of the output of an example, at which the derivative is 0 for
  every example of the batch: of `ReLU` where y is always 0, of `ReLU6` 0 or 6, of
  `HardSigmoid` 0 or 1, of `HardTanh` one of its bounds.
- Saturated: a value, of any example, at which the derivative is below `SATURATED` times
  its largest: of `Sigmoid` y (1 - y) below 0.0025, of `Tanh` 1 - y^2 below 0.01, and so
  on for `Softsign`, `Softplus`, `LogSigmoid`, `ELU`, `SELU` and `CELU`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netspec.contract import Array
from netspec.layers import Layer

SATURATED = 0.01


@dataclass(frozen=True)
class Idle:
    """The idle units of a layer.

    Attributes:
        kind: ``"dead"`` or ``"saturated"``.
        share: fraction of the units (dead) or values (saturated) that are idle.
    """

    kind: str
    share: float


def idle(layer: Layer, y: Array) -> Idle | None:
    """Count the idle units of a layer, by the facts `flat_at` and `relative_slope` that
    it states; None if it states neither.

    Args:
        layer: states the facts.
        y: output of the layer for a batch, batch first.
    """
    if layer.flat_at:
        flat = np.asarray(layer.flat_at, y.dtype)  # as the format rounds them
        always = np.isin(y, flat).all(axis=0)
        return Idle("dead", float(always.mean()))
    slope = layer.relative_slope(y)
    return (
        None if slope is None else Idle("saturated", float((slope < SATURATED).mean()))
    )
