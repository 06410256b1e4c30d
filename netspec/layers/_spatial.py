"""Window arithmetic that convolutions and pools share."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.declare import Field
from netspec.declare.rules import COUNT, SIZE, choice, either, optional, per_axis
from netspec.errors import SpecError

Sizes = tuple[int, ...]
PerAxis = Field[int | Sequence[int], Sizes]
OptionalPerAxis = Field[int | Sequence[int] | None, Sizes | None]
Padding = Field[int | str | Sequence[int], Sizes | str]

COUNTS = {rank: per_axis(COUNT, rank) for rank in (1, 2)}
MARGINS = {rank: per_axis(SIZE, rank) for rank in (1, 2)}
STRIDES = {rank: optional(COUNTS[rank]) for rank in (1, 2)}
CONV_PADDINGS = {
    rank: either(choice("same"), MARGINS[rank], f"{MARGINS[rank].must}, or 'same'")
    for rank in (1, 2)
}

AXES = {1: "channels, length", 2: "channels, height, width"}
WINDOW_AXES = {1: ("length",), 2: ("height", "width")}


def by(sizes: Sequence[int]) -> str:
    """Write sizes as text: ``(3, 5)`` as ``3x5``."""
    return "x".join(map(str, sizes))


def need_room(window: Sizes, padded: Sizes) -> None:
    """Refuse a window that does not fit in the padded input.

    Raises:
        SpecError: the window is larger along an axis.
    """
    if any(w > n for w, n in zip(window, padded, strict=True)):
        raise SpecError(
            f"the window of {by(window)} is larger than the padded input of"
            f" {by(padded)}; make the kernel smaller or add padding"
        )
