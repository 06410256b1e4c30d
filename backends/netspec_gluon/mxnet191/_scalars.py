"""Scalars as MXNet reads them: operators get their attributes as text.

Attributes kept in float32 are also read in float32 (`ParseFloat` of dmlc-core), digits
and power of ten separately. So a number that Python writes with an exponent may be read
one unit in the last place away from the nearest float32.
"""

from __future__ import annotations

import numpy as np


def read_scalar(value: float) -> float:
    """Return the float32 that MXNet reads from the text of a number, which is not
    negative.
    """
    digits, _, exponent = repr(float(value)).partition("e")
    whole, _, fraction = digits.partition(".")
    part = np.float32(int(fraction or "0") / 10.0 ** len(fraction))
    number = np.float32(np.float32(int(whole)) + part)
    power = int(exponent or "0")
    scale = np.float32(1)
    for ten in (1e8,) * (abs(power) // 8) + (10.0,) * (abs(power) % 8):
        scale = np.float32(scale * np.float32(ten))
    return float(number / scale if power < 0 else number * scale)
