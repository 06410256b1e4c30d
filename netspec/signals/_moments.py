"""Numbers that describe a tensor."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netspec.contract import Array


@dataclass(frozen=True)
class Moments:
    """Statistics over all values of a tensor, computed in float64.

    Attributes:
        mean: infinite or NaN if a value is, like the other numbers.
        std: root of the mean squared deviation from the mean.
        norm: the 2-norm, root of the sum of squares.
        rms: ``norm / sqrt(size)``, the size of a typical value.
        infinite: number of values that are infinite.
        nan: number of values that are NaN.
    """

    mean: float
    std: float
    norm: float
    rms: float
    infinite: int = 0
    nan: int = 0

    @property
    def finite(self) -> bool:
        """True if all values are finite."""
        return not (self.infinite or self.nan)


def moments(values: Array) -> Moments:
    """Compute the statistics of a tensor of any shape with at least one value."""
    wide = np.asarray(values, np.float64).ravel()
    largest = float(np.abs(wide).max())
    if not math.isfinite(largest):
        return _overflown(wide)
    unit = largest or 1.0
    scaled = wide / unit  # the square of a large value may overflow
    rms = unit * math.sqrt(np.mean(scaled * scaled))
    mean, std = unit * float(scaled.mean()), unit * float(scaled.std())
    return Moments(mean, std, rms * math.sqrt(wide.size), rms)


def _overflown(values: Array) -> Moments:
    nan = int(np.isnan(values).sum())
    with np.errstate(invalid="ignore"):  # infinity minus infinity
        mean, std = float(values.mean()), float(values.std())
    norm = math.nan if nan else math.inf
    return Moments(mean, std, norm, norm, int(np.isinf(values).sum()), nan)
