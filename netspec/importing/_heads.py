"""What attention looks like between the matrices around it."""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.importing._graph import Array, Item

HEADS_FIRST = (2, 1, 3)  # positions and heads change places


def parts_heads(item: Item) -> bool:
    """Tell whether an item only parts channels into heads, or joins them again."""
    moved, shaped = L.Permute(HEADS_FIRST), L.Reshape(item.shape)
    return item.made == moved or (item.made == shaped and len(item.shape) in (2, 3))


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
