"""Window arithmetic that convolutions and pools share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.declare import Field
from netspec.declare.rules import COUNT, SIZE, Rule, Unfit, optional, per_axis, sequence
from netspec.errors import SpecError
from netspec.layers._remedies import one

Sizes = tuple[int, ...]
Ends = tuple[tuple[int, int], ...]
PerAxis = Field[int | Sequence[int], Sizes]
OptionalPerAxis = Field[int | Sequence[int] | None, Sizes | None]
Padding = Field[int | str | Sequence[int] | Sequence[Sequence[int]], Sizes | Ends | str]

RANKS = (1, 2, 3)
COUNTS = {rank: per_axis(COUNT, rank) for rank in RANKS}
MARGINS = {rank: per_axis(SIZE, rank) for rank in RANKS}
STRIDES = {rank: optional(COUNTS[rank]) for rank in RANKS}
PAIR = sequence(SIZE, "a pair (before, after)", least=2, most=2)
SAME, VALID = "same", "valid"


def paddings(rank: int) -> Rule[Any, Any]:
    """Accept what a window may be padded by: a number, one for each axis, a pair
    (before, after) for each axis, ``"valid"`` or ``"same"``.

    Held as a tuple of numbers, or of pairs where an axis differs at its two ends;
    ``"valid"`` as 0, and ``"same"``, which depends on the shape, as itself.
    """
    pairs = sequence(PAIR, "pairs", least=rank, most=rank)

    def parse(value: object) -> Sizes | Ends | str:
        if isinstance(value, str) and value in (SAME, VALID):
            return SAME if value == SAME else (0,) * rank
        try:
            return MARGINS[rank].parse(value)
        except Unfit as unfit:
            if unfit.note:  # too large a number, whatever it stands in
                raise
        flat = rank == 1 and not _nested(value)
        ends: Any = (PAIR.parse(value),) if flat else pairs.parse(value)
        return ends if symmetric(ends) is None else tuple(low for low, _ in ends)

    schema = [{"enum": [SAME, VALID]}, MARGINS[rank].schema, pairs.schema]
    must = f"{MARGINS[rank].must}, or of pairs (before, after), 'valid' or 'same'"
    return Rule(
        must,
        parse,
        {"anyOf": [*schema, PAIR.schema] if rank == 1 else schema},
        lambda value: value if isinstance(value, str) else [*map(_listed, value)],
        remedy=_meant,
    )


def _nested(value: object) -> bool:
    return isinstance(value, Sequence) and any(isinstance(v, Sequence) for v in value)


def _listed(ends: int | tuple[int, int]) -> int | list[int]:
    return ends if isinstance(ends, int) else [*ends]


def _meant(value: object) -> str:
    """Say what a word of another library is here."""
    word = value.lower() if isinstance(value, str) else ""
    if word in (SAME, VALID):
        return f"; here it is {word!r}"
    if word == "causal":
        return "; here it is the pair (dilation * (kernel_size - 1), 0)"
    return ""


PADDINGS = {rank: paddings(rank) for rank in RANKS}

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


def symmetric(ends: Ends) -> Sizes | None:
    """Return what is added at either end of each axis; None where the ends differ."""
    alike = all(before == after for before, after in ends)
    return tuple(before for before, _ in ends) if alike else None


def ends_of(
    padding: Sizes | Ends | str, sizes: Sizes, spans: Sizes, stride: Sizes
) -> Ends:
    """Return what is added (before, after) each axis.

    Args:
        padding: value of the field; ``"same"`` is XLA's, which makes
            ceil(size / stride) windows and puts the smaller half of what they need
            before.
        sizes: spatial sizes of the input.
        spans: of the window, from its first to its last tap: dilation * (kernel - 1).
        stride: step of the window.
    """
    if not isinstance(padding, str):
        return tuple((p, p) if isinstance(p, int) else p for p in padding)
    axes = zip(sizes, spans, stride, strict=True)
    totals = [max((-(-n // s) - 1) * s + span + 1 - n, 0) for n, span, s in axes]
    return tuple((total // 2, total - total // 2) for total in totals)


def by(sizes: Sequence[int]) -> str:
    """Write sizes as text: ``(3, 5)`` as ``3x5``."""
    return "x".join(map(str, sizes))


def padded_sizes(sizes: Sizes, ends: Ends) -> Sizes:
    """Return the spatial sizes of the input with its padding."""
    return tuple(n + sum(pair) for n, pair in zip(sizes, ends, strict=True))


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
