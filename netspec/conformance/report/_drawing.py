"""Draw a histogram as SVG paths: the counts of values, and those that a law expects."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from netspec.conformance.judging import Histogram

WIDTH, HEIGHT = 200, 60


def bars(histogram: Histogram) -> str:
    """Draw the outline of the counts, closed along the axis."""
    tops = [_y(count, histogram) for count in histogram.counts]
    lefts = _xs(histogram.edges)
    steps = [f"V{y}H{x}" for y, x in zip(tops, lefts[1:], strict=True)]
    return f"M{lefts[0]} {HEIGHT}{''.join(steps)}V{HEIGHT}z"


def curve(histogram: Histogram) -> str:
    """Draw the expected counts, through the middle of each bin."""
    edges = histogram.edges
    middles = [(a + b) / 2 for a, b in pairwise(edges)]
    xs = _xs([edges[0], *middles, edges[-1]])[1:-1]
    ys = [_y(count, histogram) for count in histogram.expected]
    return "M" + "L".join(f"{x} {y}" for x, y in zip(xs, ys, strict=True))


def _xs(values: Sequence[float]) -> list[float]:
    low, high = values[0], values[-1]
    return [round(WIDTH * (value - low) / (high - low), 1) for value in values]


def _y(count: float, histogram: Histogram) -> float:
    highest = max(*histogram.counts, *histogram.expected, 1)
    return round(HEIGHT * (1 - count / highest), 1)
