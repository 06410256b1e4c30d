"""The rounding of floating-point arithmetic, exchangeable.

Every layer of the reference is written with two operations, `value` for a primitive
result and `contract` for a sum of products, so that the same code computes exactly or
with randomly drawn rounding errors of a shorter format.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Length: TypeAlias = int | Callable[[], Array]  # that repeats along the first operand


class Arithmetic(Protocol):
    """The rounding of the results of primitive operations."""

    def value(self, x: Array) -> Array:
        """Round a primitive result, a saved intermediate or a backward value."""

    def contract(
        self, function: Callable[..., Array], length: Length, *operands: Array
    ) -> Array:
        """Compute and round ``function(*operands)``, which is linear in each operand
        and each of whose results is a sum of `length` products.
        """


class Exact:
    """The arithmetic of the arrays' own dtype."""

    def value(self, x: Array) -> Array:
        return x

    def contract(
        self, function: Callable[..., Array], length: Length, *operands: Array
    ) -> Array:
        return function(*operands)


class Perturbed:
    """Rounding to unit roundoff u, drawn at random.

    Values become ``x (1 +- u)`` with a random sign for each element. A sum of n
    products also gets ``+- u sqrt(n) (|a| . |b|)``, the probabilistic bound of Higham
    and Mary, "A new approach to probabilistic rounding error analysis" (2019).
    """

    def __init__(self, unit_roundoff: float, seed: int) -> None:
        self.unit_roundoff = unit_roundoff
        self._random = np.random.Generator(np.random.SFC64(seed))

    def value(self, x: Array) -> Array:
        return x * self._any(_factors(self.unit_roundoff), x.shape)

    def contract(
        self, function: Callable[..., Array], length: Length, *operands: Array
    ) -> Array:
        first, *others = map(np.abs, operands)
        root = np.sqrt(length() if callable(length) else length)
        noisy = function(first * (self.unit_roundoff * root), *others)
        noisy *= self._any(_signs(), noisy.shape)
        noisy += function(*operands)
        noisy *= self._any(_factors(self.unit_roundoff), noisy.shape)
        return noisy

    def _any(self, drawn: Array, shape: tuple[int, ...]) -> Array:
        """Return a slice of `drawn` from a random offset, in the given shape."""
        count = math.prod(shape)
        if count >= DRAWN:
            drawn = np.tile(drawn, 1 + count // DRAWN)
        start = int(self._random.integers(len(drawn) - count))
        return drawn[start : start + count].reshape(shape)


# Signs are drawn once and an offset among them each time: a hundred times faster

DRAWN = 2**20


@cache
def _signs() -> Array:
    bits = np.random.default_rng(0).integers(0, 2, DRAWN, dtype=np.int8)
    return 2.0 * bits - 1.0


@lru_cache(maxsize=4)
def _factors(unit_roundoff: float) -> Array:
    return 1.0 + unit_roundoff * _signs()
