"""Windows over spatial axes, as strided slices: one for each tap of the window.

No loop runs over examples or positions; loops run over the taps of the kernel alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Windows:
    """The positions at which the windows of a convolution or pool read padded input.

    Attributes:
        size: spatial sizes of the input.
        kernel: taps along each axis.
        stride: step between windows.
        padding: positions added before each axis; what comes after follows from `out`.
        dilation: step between taps.
        out: number of windows along each axis.
    """

    size: Sizes
    kernel: Sizes
    stride: Sizes
    padding: Sizes
    dilation: Sizes
    out: Sizes

    def pad(self, x: Array, fill: float = 0.0) -> Array:
        """Pad the input with `fill`, wide enough for every window; it keeps its order
        in memory.
        """
        if self.padded_shape() == self.size:
            return x
        lead = x.shape[: x.ndim - len(self.size)]
        padded = np.full_like(x, fill, shape=(*lead, *self.padded_shape()))
        self.crop(padded)[...] = x
        return padded

    def crop(self, padded: Array) -> Array:
        """Return the part of a padded array that belongs to the input."""
        axes = zip(self.size, self.padding, strict=True)
        inside: Any = (..., *(slice(p, p + n) for n, p in axes))
        return np.asarray(padded[inside])

    @cached_property
    def taps(self) -> tuple[Any, ...]:
        """For each tap in row-major order, the index of what all windows read there."""
        return tuple(self._taps())

    def _taps(self) -> Iterator[Any]:
        for tap in product(*map(range, self.kernel)):
            axes = zip(tap, self.dilation, self.stride, self.out, strict=True)
            ends = ((t * d, t * d + (m - 1) * s + 1, s) for t, d, s, m in axes)
            yield (..., *(slice(*end) for end in ends))

    def padded_shape(self) -> Sizes:
        """Return the spatial sizes of an array that `pad` made."""
        return tuple(max(end, n + p) for n, p, end in self._ends())

    def _ends(self) -> Iterator[tuple[int, int, int]]:
        axes = zip(
            self.size,
            self.padding,
            self.kernel,
            self.stride,
            self.dilation,
            self.out,
            strict=True,
        )
        for n, p, k, s, d, m in axes:
            yield n, p, (m - 1) * s + (k - 1) * d + 1

    def scatter(self, pieces: Iterator[Array], lead: Sizes, dtype: Any) -> Array:
        """Add up one piece for each tap, at the positions that the windows read at that
        tap: the transpose of reading. Return the sum without the padding, in the order
        that the pieces have in memory.
        """
        pieces = iter(pieces)
        first = next(pieces)
        padded = np.zeros_like(first, dtype, shape=(*lead, *self.padded_shape()))
        for tap, piece in zip(self.taps, chain([first], pieces), strict=True):
            padded[tap] += piece
        return self.crop(padded)
