"""Fans as frameworks read them: from the shape of an array."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from netspec.init._drawn import DrawnParameter


def shape_tells(parameter: DrawnParameter, shape: Sequence[int]) -> bool:
    """Whether the law of a parameter is that of its initializer with the fans of a
    shape; then a framework's function that reads them there may draw it.

    Args:
        parameter: what is drawn.
        shape: as (out, in, *window).
    """
    if len(shape) < 2:
        return False
    rows, columns, *window = shape
    size = math.prod(window)
    read = replace(parameter, fan_in=columns * size, fan_out=rows * size)
    return parameter.law == parameter.initializer.law(read)
