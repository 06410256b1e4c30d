"""Probability distributions of first weights: exact mean, standard deviation, bounds
and CDF, and how a chunk of values is drawn.

A distribution draws from a stream of random bits that belongs to one chunk of one
parameter, so values depend neither on order nor on the number of threads. Drawn values
are rounded to float32, and may pass a bound by this rounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from netspec.errors import SpecError
from netspec.init import _cut
from netspec.init._cut import cut_moments, phi

FAR = _cut.FAR
FLOAT32_MAX = float(np.finfo(np.float32).max)

Array = NDArray[Any]


class Law(Protocol):
    """The distribution of each value of a parameter.

    Attributes:
        mean: expectation.
        std: standard deviation (0 for a constant).
        bounds: smallest and largest possible value.
        whole: whether the values of a parameter depend on each other, so that they
            must be drawn as one chunk.
    """

    whole: ClassVar[bool]

    @property
    def mean(self) -> float: ...
    @property
    def std(self) -> float: ...
    @property
    def bounds(self) -> tuple[float, float]: ...

    def cdf(self, x: Array) -> Array:
        """Return the probability that a value is at most x."""

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        """Draw float32 values into a one-dimensional chunk."""


@dataclass(frozen=True)
class Point:
    """The distribution of a constant: always one value."""

    whole: ClassVar[bool] = False

    value: float

    @property
    def mean(self) -> float:
        return self.value

    @property
    def std(self) -> float:
        return 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        return self.value, self.value

    def cdf(self, x: Array) -> Array:
        return np.asarray(np.greater_equal(x, self.value), np.float64)

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        out.fill(self.value)


@dataclass(frozen=True)
class Uniform:
    """Uniform on [low, high): std ``(high - low) / sqrt(12)``."""

    whole: ClassVar[bool] = False

    low: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    @property
    def std(self) -> float:
        return (self.high - self.low) / math.sqrt(12)

    @property
    def bounds(self) -> tuple[float, float]:
        return self.low, self.high

    def cdf(self, x: Array) -> Array:
        return np.clip((np.asarray(x) - self.low) / (self.high - self.low), 0, 1)

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        # 24 random bits for each value, as a signed step from the middle, so that laws
        # around 0 need no addition. Raw words are twice as fast as Generator.random,
        # which draws the same lattice one call at a time.
        words = bits.random_raw((out.size + 1) // 2).astype("<u8", copy=False)
        steps = words.view("<i4")[: out.size]
        np.right_shift(steps, 8, out=steps)
        scale = np.float32((self.high - self.low) * 2.0**-24)
        np.multiply(steps, scale, out=out, casting="unsafe", dtype=np.float32)
        if self.mean:
            out += np.float32(self.mean)


@dataclass(frozen=True)
class Normal:
    """The normal distribution."""

    whole: ClassVar[bool] = False

    mean: float
    std: float

    @property
    def bounds(self) -> tuple[float, float]:
        return -math.inf, math.inf

    def cdf(self, x: Array) -> Array:
        from scipy.special import ndtr

        return np.asarray(ndtr((np.asarray(x) - self.mean) / self.std))

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        np.random.Generator(bits).standard_normal(out=out, dtype=np.float32)
        out *= np.float32(self.std)
        if self.mean:
            out += np.float32(self.mean)


@dataclass(frozen=True)
class TruncatedNormal:
    """A normal distribution cut to [low, high] and renormalized.

    Attributes:
        center: mean before the cut.
        spread: standard deviation before the cut.
        cuts: lower and upper cut, in units of spread from the center.
    """

    whole: ClassVar[bool] = False

    center: float
    spread: float
    cuts: tuple[float, float]

    @property
    def low(self) -> float:
        return self.center + self.spread * self.cuts[0]

    @property
    def high(self) -> float:
        return self.center + self.spread * self.cuts[1]

    @property
    def _mass(self) -> float:
        return phi(self.cuts[1]) - phi(self.cuts[0])

    @property
    def mean(self) -> float:
        return self.center + self.spread * cut_moments(*self.cuts)[0]

    @property
    def std(self) -> float:
        return self.spread * math.sqrt(cut_moments(*self.cuts)[1])

    @property
    def bounds(self) -> tuple[float, float]:
        return self.low, self.high

    def cdf(self, x: Array) -> Array:
        from scipy.special import ndtr

        z = np.clip((np.asarray(x) - self.center) / self.spread, *self.cuts)
        return np.asarray((ndtr(z) - phi(self.cuts[0])) / self._mass)

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        from scipy.special import ndtri

        uniform = np.random.Generator(bits).random(out.size)
        z = ndtri(phi(self.cuts[0]) + uniform * self._mass)
        out[:] = self.center + self.spread * np.clip(z, *self.cuts)


@dataclass(frozen=True)
class Orthogonal:
    """An entry of ``gain`` times a matrix with orthonormal rows or columns, drawn
    uniformly among such matrices (Haar; Saxe, McClelland and Ganguli, 2014).

    With n the larger side, ``(x / gain + 1) / 2`` of an entry x follows
    Beta((n - 1) / 2, (n - 1) / 2), so its std is ``gain / sqrt(n)``.
    """

    whole: ClassVar[bool] = True

    gain: float
    rows: int
    columns: int

    @property
    def _side(self) -> int:
        return max(self.rows, self.columns)

    @property
    def mean(self) -> float:
        return 0.0

    @property
    def std(self) -> float:
        return self.gain / math.sqrt(self._side)

    @property
    def bounds(self) -> tuple[float, float]:
        return -self.gain, self.gain

    def cdf(self, x: Array) -> Array:
        if self._side == 1:
            at_low = 0.5 * np.greater_equal(x, -self.gain)
            return np.asarray(at_low + 0.5 * np.greater_equal(x, self.gain))
        from scipy.special import betainc

        half = (self._side - 1) / 2
        fraction = np.clip((np.asarray(x) / self.gain + 1) / 2, 0, 1)
        return np.asarray(betainc(half, half, fraction))

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        # the only distribution whose values depend on each other: one chunk, in float64
        generator = np.random.Generator(bits)
        tall = generator.standard_normal((self._side, min(self.rows, self.columns)))
        q, r = np.linalg.qr(tall)
        q *= np.where(np.diag(r) < 0, -self.gain, self.gain)
        out[:] = (q if self.rows >= self.columns else q.T).ravel()


@dataclass(frozen=True)
class Stacked:
    """Parts of one size, one after another along axis 0, each with a law of its own.

    Mean, std, bounds and CDF are those of a value of which it is not known where it is.
    """

    whole: ClassVar[bool] = True

    parts: tuple[Law, ...]

    @property
    def mean(self) -> float:
        return math.fsum(part.mean for part in self.parts) / len(self.parts)

    @property
    def std(self) -> float:
        spread = [part.std**2 + (part.mean - self.mean) ** 2 for part in self.parts]
        return math.sqrt(math.fsum(spread) / len(self.parts))

    @property
    def bounds(self) -> tuple[float, float]:
        lows, highs = zip(*(part.bounds for part in self.parts), strict=True)
        return min(lows), max(highs)

    def cdf(self, x: Array) -> Array:
        return np.asarray(np.mean([part.cdf(x) for part in self.parts], axis=0))

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        for part, values in zip(
            self.parts, np.split(out, len(self.parts)), strict=True
        ):
            part.fill(bits, values)


def need_range(law: Law) -> None:
    """Refuse distributions whose values do not fit in float32.

    Raises:
        SpecError: a finite bound, or a value ten standard deviations from the mean, is
            outside the range of float32.
    """
    ends = [bound for bound in law.bounds if math.isfinite(bound)]
    ends += [law.mean - 10 * law.std, law.mean + 10 * law.std]
    if not all(abs(end) <= FLOAT32_MAX for end in ends):
        raise SpecError(
            f"its values leave the range of float32, +-3.4e38: mean {law.mean:.3g},"
            f" std {law.std:.3g}; use smaller numbers"
        )
