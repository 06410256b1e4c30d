"""Scalars as MXNet reads them: operators get their attributes as text.

What is kept in float32 is also read in float32 (`ParseFloat` of dmlc-core), digits and
power of ten apart. So a number that Python writes with an exponent may end up one unit
in the last place beside the nearest float32.
"""

from __future__ import annotations

import numpy as np


def read_scalar(value: float) -> float:
    """What MXNet takes the text of a number for, which is no less than 0."""
    digits, _, exponent = repr(float(value)).partition("e")
    whole, _, fraction = digits.partition(".")
    part = np.float32(int(fraction or "0") / 10.0 ** len(fraction))
    number = np.float32(np.float32(int(whole)) + part)
    power = int(exponent or "0")
    scale = np.float32(1)
    for ten in (1e8,) * (abs(power) // 8) + (10.0,) * (abs(power) % 8):
        scale = np.float32(scale * np.float32(ten))
    return float(number / scale if power < 0 else number * scale)
