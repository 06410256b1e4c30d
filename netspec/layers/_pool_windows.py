"""How many windows a pool has, and those that it must not have."""

from __future__ import annotations

from netspec.errors import SpecError
from netspec.layers._remedies import one
from netspec.layers._spatial import Ends, Sizes, symmetric


def need_less(ends: Ends, spans: Sizes) -> None:
    """Refuse padding in which a whole window would lie.

    Raises:
        SpecError: it is not smaller than the window.
    """
    if any(max(pair) > span for pair, span in zip(ends, spans, strict=True)):
        most = tuple(
            (min(low, span), min(high, span))
            for (low, high), span in zip(ends, spans, strict=True)
        )
        raise SpecError(
            "padding must be smaller than the window, received padding"
            f" {_short(ends)} and a window of {one(tuple(s + 1 for s in spans))}; a"
            " window that lies in the padding alone has no value; give at most"
            f" padding={_short(most)}"
        )


def need_inside(
    dilation: Sizes, stride: Sizes, ends: Ends, sizes: Sizes, windows: Sizes
) -> None:
    """Refuse a dilated window that steps over the whole input.

    Raises:
        SpecError: a window sees only padding.
    """
    axes = zip(sizes, dilation, stride, ends, windows, strict=True)
    for n, apart, step, (before, _), count in axes:
        starts = range(-before, 0, step)[: min(count, n + 1)]  # then they repeat
        if any(start % apart >= n for start in starts):
            raise SpecError(
                f"each window must see a value, received dilation {one(dilation)} and"
                f" padding {_short(ends)} on {sizes}: one steps over all {n} positions"
                f" of an axis; give a dilation of at most {n} there"
            )


def count_windows(n: int, span: int, step: int, ends: tuple[int, int], up: bool) -> int:
    """Count the windows along an axis.

    Args:
        n: size of the axis.
        span: of the window, from its first to its last position.
        step: from window to window.
        ends: padding (before, after).
        up: ceil_mode.
    """
    slack = n + sum(ends) - span - 1
    if not up:
        return slack // step + 1
    count = -(-slack // step) + 1
    return count - ((count - 1) * step >= n + ends[0])


def _short(ends: Ends) -> str:
    """Write padding as short as a field takes it."""
    sizes = symmetric(ends)
    return str(ends) if sizes is None else one(sizes)
