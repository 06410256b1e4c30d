"""What a mask of attention says."""

from __future__ import annotations

import numpy as np

from netspec.importing._graph import Array


def window_of(seen: Array) -> tuple[bool, int | None] | None:
    """Read a mask as fields of `MultiHeadAttention`.

    Args:
        seen: which query, a row, sees which key.

    Returns:
        Whether it is causal, and how many positions are seen; None where it is neither.
    """
    length = len(seen)
    if seen.all():
        return False, None
    ages = np.subtract.outer(np.arange(length), np.arange(length))
    for window in range(1, length + 1):
        if np.array_equal(seen, (ages >= 0) & (ages < window)):
            return True, None if window == length else window
    return None
