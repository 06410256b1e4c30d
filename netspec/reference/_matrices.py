"""Maps that are linear along each spatial axis: one matrix for each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def along_axes(x: Array, *matrices: Array) -> Array:
    """Multiply each spatial axis of (n, c, *positions) by its matrix (out, in)."""
    for axis, matrix in enumerate(matrices, start=2):
        x = np.moveaxis(np.tensordot(x, matrix, (axis, 1)), -1, axis)
    return x
