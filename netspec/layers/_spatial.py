"""Window arithmetic that convolutions and pools share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from netspec.declare import Field
from netspec.declare.rules import COUNT, SIZE, Rule, choice, either, optional, per_axis
from netspec.errors import SpecError
from netspec.layers._remedies import one, two_ends

Sizes = tuple[int, ...]
PerAxis = Field[int | Sequence[int], Sizes]
OptionalPerAxis = Field[int | Sequence[int] | None, Sizes | None]
Padding = Field[int | str | Sequence[int], Sizes | str]

RANKS = (1, 2, 3)
COUNTS = {rank: per_axis(COUNT, rank) for rank in RANKS}
MARGINS = {rank: per_axis(SIZE, rank) for rank in RANKS}
STRIDES = {rank: optional(COUNTS[rank]) for rank in RANKS}
WRITTEN = "; it writes zeros, which count in a mean and exceed what is negative"


def _or_same(rank: int, must: str, zeros: str = "") -> Rule[Any, Any]:
    found = either(choice("same"), MARGINS[rank], must)
    return replace(found, remedy=two_ends(rank, zeros))


CONV_PADDINGS = {r: _or_same(r, f"{MARGINS[r].must}, or 'same'") for r in (1, 2)}
# A pool takes "same" only to say, once the shape is known, what it is in numbers
POOL_PADDINGS = {
    r: replace(_or_same(r, MARGINS[r].must, WRITTEN), schema=MARGINS[r].schema)
    for r in (1, 2)
}

AXES = {
    1: "channels, length",
    2: "channels, height, width",
    3: "channels, depth, height, width",
}
WINDOW_AXES = {
    1: ("length",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}


def by(sizes: Sequence[int]) -> str:
    """Write sizes as text: ``(3, 5)`` as ``3x5``."""
    return "x".join(map(str, sizes))


def need_room(window: Sizes, padded: Sizes) -> None:
    """Refuse a window that does not fit in the padded input.

    Raises:
        SpecError: the window is larger along an axis.
    """
    if any(w > n for w, n in zip(window, padded, strict=True)):
        lacking = [max(w - n, 0) for w, n in zip(window, padded, strict=True)]
        more = one(tuple(-(-size // 2) for size in lacking))
        raise SpecError(
            f"the window of {by(window)} is larger than the padded input of"
            f" {by(padded)}; make the kernel smaller, or padding larger by {more}"
        )
