"""What operations with windows have in common."""

from __future__ import annotations

from collections.abc import Sequence

from netspec_onnx.importing._call import Call

Ends = list[tuple[int, int]]
SAME = ("SAME_UPPER", "SAME_LOWER")


def padding_of(
    call: Call, window: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> list[int] | Ends:
    """Return how much is padded: a number for each axis, or the pairs of its ends."""
    rank, how = len(window), call.text("auto_pad", "NOTSET")
    if how in SAME:
        sizes = zip(call.before[1:], window, stride, dilation, strict=True)
        ends = [halves(_lacking(*one), how) for one in sizes]
    elif how == "VALID":
        ends = [(0, 0)] * rank
    else:
        flat = call.per_axis("pads", 2 * rank, 0)
        ends = list(zip(flat[:rank], flat[rank:], strict=True))
    if all(first == last for first, last in ends):
        return [first for first, _ in ends]
    return ends


def _lacking(size: int, window: int, stride: int, dilation: int) -> int:
    """Return how many positions lack for as many windows as there are strides."""
    return max(
        (-(-size // stride) - 1) * stride + dilation * (window - 1) + 1 - size, 0
    )


def halves(total: int, how: str) -> tuple[int, int]:
    """Part padding in two; the larger half is behind, or before for SAME_LOWER."""
    less = total // 2
    return (total - less, less) if how == "SAME_LOWER" else (less, total - less)
