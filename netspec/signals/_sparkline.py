"""Draw curves as text, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

HEIGHTS = "▁▂▃▄▅▆▇█"
ZERO, BEYOND = " ", "×"  # what has no logarithm; what is infinite or NaN


def sparkline(values: Sequence[float], low: float, high: float, width: int) -> str:
    """Draw a bar for each value or, of more than `width`, for some evenly spaced ones.

    Args:
        values: at least 0, infinite, or NaN.
        low: value of the lowest bar, above 0.
        high: value of the highest bar.
        width: the most bars.
    """
    return "".join(_bar(value, low, high) for value in spread(values, width))


def spread(values: Sequence[float], count: int) -> list[float]:
    """Pick evenly spaced values, at most `count`, the first and the last included."""
    if len(values) <= count:
        return list(values)
    step = (len(values) - 1) / (count - 1)
    return [values[round(index * step)] for index in range(count)]


def _bar(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return BEYOND
    if value <= 0:
        return ZERO
    height = math.log(value / low) / math.log(high / low)
    return HEIGHTS[min(int(height * len(HEIGHTS)), len(HEIGHTS) - 1)]
