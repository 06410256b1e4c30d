"""Fans as frameworks compute them, from the shape of an array."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from netspec.init._drawn import DrawnParameter


def shape_tells(parameter: DrawnParameter, shape: Sequence[int]) -> bool:
    """Tell whether a framework function that computes fans from `shape` draws the
    distribution that the initializer of the spec gives `parameter`. Only then may that
    function be used.

    Args:
        parameter: the parameter to draw.
        shape: its shape in the order (out, in, *window).
    """
    if len(shape) < 2:
        return False
    rows, columns, *window = shape
    size = math.prod(window)
    read = replace(parameter, fan_in=columns * size, fan_out=rows * size)
    return parameter.law == parameter.initializer.law(read)
