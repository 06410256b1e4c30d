"""Numbers as people write them: ``1e-5``, ``1 / 3``, and ``1 / math.sqrt(27)`` for the
bound of a law, each of which evaluates to the same number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction

LONG = 12  # characters, from which on a formula is sought
PARTS = 1000  # a denominator up to this reads as a fraction
FANS = 10**7  # under a root, any fan
TOP = 12  # what stands above a fan: 6 for Glorot's bound


def number(value: float, spell: Callable[[str], str]) -> str:
    """Print a number as source that gives exactly this number.

    Args:
        value: the number.
        spell: returns how source refers to a target such as ``"math:sqrt"``.
    """
    if not math.isfinite(value):
        return f'float("{value}")'
    text = re.sub(r"e(-?)\+?0*", r"e\1", repr(value))  # 1e-5 instead of 1e-05
    if len(text) < LONG:
        return text
    sign, size = "-" * (value < 0), abs(value)
    return _formula(size, sign, spell) or text


def _formula(size: float, sign: str, spell: Callable[[str], str]) -> str:
    whole = Fraction(size).limit_denominator(PARTS)
    if whole and whole.numerator / whole.denominator == size:
        return f"{sign}{whole.numerator} / {whole.denominator}"
    square = Fraction(size * size).limit_denominator(FANS)
    above, below = square.numerator, square.denominator
    if above == 1 and 1 / math.sqrt(below) == size:
        return f"{sign}1 / {spell('math:sqrt')}({below})"
    if 0 < above <= TOP and below > 1 and math.sqrt(above / below) == size:
        return f"{sign}{spell('math:sqrt')}({above} / {below})"
    return ""
