"""The rounding hook: what floating-point arithmetic does to each value.

Every layer of the reference is written with two operations, `value` for a primitive
result and `contract` for a sum of products, so that the same code computes exactly or
with the rounding of a shorter format drawn at random.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Arithmetic(Protocol):
    """What happens to the results of primitive operations."""

    def value(self, x: Array) -> Array:
        """A primitive result, a saved intermediate or a backward value."""

    def contract(
        self, function: Callable[..., Array], length: int, *operands: Array
    ) -> Array:
        """``function(*operands)``, linear in each operand, whose every result is a
        sum of `length` products.
        """


class Exact:
    """The arithmetic of the arrays' own dtype."""

    def value(self, x: Array) -> Array:
        return x

    def contract(
        self, function: Callable[..., Array], length: int, *operands: Array
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
        return x * (1 + self.unit_roundoff * self._signs(x.shape))

    def contract(
        self, function: Callable[..., Array], length: int, *operands: Array
    ) -> Array:
        magnitude = function(*map(np.abs, operands))
        noise = self.unit_roundoff * math.sqrt(length) * magnitude
        exact = function(*operands)
        return self.value(exact + noise * self._signs(exact.shape))

    def _signs(self, shape: tuple[int, ...]) -> Array:
        bits = self._random.integers(0, 2, shape, dtype=np.int8)
        return 2 * bits - 1
