"""Probability laws of initial values: exact mean, std, bounds and CDF, and how a
chunk of values is drawn.

A law draws from a stream of random bits that belongs to one chunk of one parameter,
so values depend neither on order nor on the number of threads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from netspec.errors import SpecError

Array = NDArray[Any]


class Law(Protocol):
    """Distribution of each value of a parameter.

    Attributes:
        mean: expectation.
        std: standard deviation (0 for a constant).
        bounds: smallest and largest possible value.
    """

    @property
    def mean(self) -> float: ...
    @property
    def std(self) -> float: ...
    @property
    def bounds(self) -> tuple[float, float]: ...

    def cdf(self, x: Array) -> Array:
        """Probability that a value is at most x."""

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        """Draw float32 values into a one-dimensional chunk."""


@dataclass(frozen=True)
class Point:
    """Always the same value."""

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
        # 24 random bits for each value; raw words are 1.2 times as fast as
        # Generator.random, which draws the same lattice one call at a time
        words = bits.random_raw((out.size + 1) // 2).view(np.uint32)[: out.size]
        np.right_shift(words, np.uint32(8), out=words)
        scale = np.float32((self.high - self.low) * 2.0**-24)
        np.multiply(words, scale, out=out, casting="unsafe")
        out += np.float32(self.low)


@dataclass(frozen=True)
class Normal:
    """The normal law."""

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
    """A normal law cut to [low, high] and renormalized.

    Attributes:
        center: mean of the normal law before the cut.
        spread: its standard deviation.
        low: lower cut, a value.
        high: upper cut.

    Moments after Johnson, Kotz and Balakrishnan, Continuous Univariate
    Distributions 1 (1994), section 13.10.
    """

    center: float
    spread: float
    low: float
    high: float

    @property
    def _cuts(self) -> tuple[float, float]:
        return (
            (self.low - self.center) / self.spread,
            (self.high - self.center) / self.spread,
        )

    @property
    def _mass(self) -> float:
        a, b = self._cuts
        return _phi_cdf(b) - _phi_cdf(a)

    @property
    def mean(self) -> float:
        a, b = self._cuts
        return self.center + self.spread * (_phi(a) - _phi(b)) / self._mass

    @property
    def std(self) -> float:
        (a, b), mass = self._cuts, self._mass
        shift = (_phi(a) - _phi(b)) / mass
        curve = (a * _phi(a) - b * _phi(b)) / mass
        return self.spread * math.sqrt(1 + curve - shift**2)

    @property
    def bounds(self) -> tuple[float, float]:
        return self.low, self.high

    def cdf(self, x: Array) -> Array:
        from scipy.special import ndtr

        a, _ = self._cuts
        clipped = np.clip(x, self.low, self.high)
        below = ndtr((clipped - self.center) / self.spread) - _phi_cdf(a)
        return np.asarray(below / self._mass)

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        from scipy.special import ndtri

        a, _ = self._cuts
        uniform = np.random.Generator(bits).random(out.size)
        values = ndtri(_phi_cdf(a) + uniform * self._mass)
        out[:] = np.clip(self.center + self.spread * values, self.low, self.high)


@dataclass(frozen=True)
class Orthogonal:
    """Entries of ``gain`` times a matrix with orthonormal rows or columns, uniform
    among those (Haar; Saxe, McClelland and Ganguli, 2014).

    With n the larger side, ``(x / gain + 1) / 2`` of an entry x follows
    Beta((n - 1) / 2, (n - 1) / 2), so its std is ``gain / sqrt(n)``.
    """

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
        share = np.clip((np.asarray(x) / self.gain + 1) / 2, 0, 1)
        return np.asarray(betainc(half, half, share))

    def fill(self, bits: np.random.Philox, out: Array) -> None:
        # the only law whose values depend on each other: one chunk, in float64
        generator = np.random.Generator(bits)
        tall = generator.standard_normal((self._side, min(self.rows, self.columns)))
        q, r = np.linalg.qr(tall)
        q *= np.where(np.diag(r) < 0, -self.gain, self.gain)
        out[:] = (q if self.rows >= self.columns else q.T).ravel()


def need_mass(low: float, high: float) -> None:
    """Refuse cuts of N(0, 1) that leave less than 1e-6 of it.

    Raises:
        SpecError: too little of the law lies between the cuts.
    """
    if _phi_cdf(high) - _phi_cdf(low) < 1e-6:
        raise SpecError(
            "low and high must keep at least 1e-6 of the normal law, received low"
            f" {low} and high {high}; move them towards 0"
        )


def _phi(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _phi_cdf(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2
