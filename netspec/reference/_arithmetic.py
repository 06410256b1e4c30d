"""The rounding of floating-point arithmetic, exchangeable.

Every layer of the reference is written with two operations, `value` for a primitive
result and `contract` for a sum of products, so that the same code computes exactly or
with randomly drawn rounding errors of a shorter format.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
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
        self._sizes: list[Array] | None = None
        self._summed = 0

    def beside(self, sizes: list[Array]) -> Perturbed:
        """Return this arithmetic, whose draws go on, for one evaluation beside others
        of the same numbers: the first of them computes ``u sqrt(n) (|a| . |b|)`` for
        all.

        Args:
            sizes: of all sums in turn; empty before the first evaluation.
        """
        other = copy(self)
        other._sizes, other._summed = sizes, 0
        return other

    def value(self, x: Array) -> Array:
        return x * self._any(_factors(self.unit_roundoff), x)

    def contract(
        self, function: Callable[..., Array], length: Length, *operands: Array
    ) -> Array:
        size = self._size(function, length, operands)
        noisy = size * self._any(_signs(), size)
        noisy += function(*operands)
        noisy *= self._any(_factors(self.unit_roundoff), noisy)
        return noisy

    def _size(
        self,
        function: Callable[..., Array],
        length: Length,
        operands: tuple[Array, ...],
    ) -> Array:
        """Compute ``u sqrt(n) (|a| . |b|)``, unless another evaluation has."""
        if self._sizes is not None and self._summed < len(self._sizes):
            size = self._sizes[self._summed]
        else:
            first, *others = map(np.abs, operands)
            root = np.sqrt(length() if callable(length) else length)
            size = function(first * (self.unit_roundoff * root), *others)
            if self._sizes is not None:
                self._sizes.append(size)
        self._summed += 1
        return size

    def _any(self, drawn: Array, like: Array) -> Array:
        """Return a slice of `drawn` from a random offset, in the shape of an array and
        in the order that this has in memory: mixed orders are slow.
        """
        count = like.size
        if count >= DRAWN:
            drawn = np.tile(drawn, 1 + count // DRAWN)
        start = int(self._random.integers(len(drawn) - count))
        some = drawn[start : start + count]
        if like.ndim < 2 or like.flags.c_contiguous:
            return some.reshape(like.shape)
        shape, axes = _order(like.shape, like.strides)
        return some.reshape(shape).transpose(axes)


@lru_cache(maxsize=1024)
def _order(
    shape: tuple[int, ...], strides: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the shape of an array with its axes from the slowest in memory to the
    fastest, and the axes of that in the order of the array's own.
    """
    order = sorted(range(len(shape)), key=lambda axis: -strides[axis])
    axes = sorted(range(len(shape)), key=order.__getitem__)
    return tuple(shape[axis] for axis in order), tuple(axes)


# Signs are drawn once and an offset among them each time: a hundred times faster

DRAWN = 2**20


@cache
def _signs() -> Array:
    bits = np.random.default_rng(0).integers(0, 2, DRAWN, dtype=np.int8)
    return 2.0 * bits - 1.0


@lru_cache(maxsize=4)
def _factors(unit_roundoff: float) -> Array:
    return 1.0 + unit_roundoff * _signs()
