"""What says the same in netspec where a window's padding is refused, in numbers.

"same" is XLA's and Keras' SAME: ``ceil(n / stride)`` windows, the smaller half of the
padding in front.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

Sizes = tuple[int, ...]
Ends = tuple[tuple[int, int], ...]
Count = Callable[[int, int, int, int, bool], int]

SAME = "see netspec explain conv-same-padding"


def same_ends(sizes: Sizes, spans: Sizes, stride: Sizes) -> Ends:
    """Return what "same" adds before and after each axis.

    Args:
        sizes: spatial sizes of the input.
        spans: of the window, from its first to its last tap: dilation * (kernel - 1).
        stride: step of the window.
    """
    axes = zip(sizes, spans, stride, strict=True)
    totals = [max((-(-n // s) - 1) * s + span + 1 - n, 0) for n, span, s in axes]
    return tuple((total // 2, total - total // 2) for total in totals)


def pad_layer(ends: Ends) -> str:
    """Write the layer that adds zeros: ``Pad1D((2, 3))``."""
    return f"Pad1D({ends[0]})" if len(ends) == 1 else f"Pad{len(ends)}D({ends})"


def one(sizes: Sizes) -> str:
    """Write sizes as short as a field takes them: ``3`` for ``(3, 3)``."""
    return str(sizes[0] if len(set(sizes)) == 1 else sizes)


def conv_same(sizes: Sizes, spans: Sizes, stride: Sizes) -> str:
    """Say how a convolution is padded as "same" pads it."""
    ends = same_ends(sizes, spans, stride)
    if all(before == after for before, after in ends):
        said = f"give padding={one(tuple(before for before, _ in ends))}"
    else:
        said = f"put {pad_layer(ends)} before it and give padding=0"
    return f"on {sizes} {said}; {SAME}"


def pool_same(
    sizes: Sizes, kernel: Sizes, stride: Sizes, windows: Count, largest: bool
) -> str:
    """Say how a pool is padded as "same" pads it, where that can be said.

    Args:
        sizes: spatial sizes of the input.
        kernel: the window.
        stride: step of the window.
        windows: how many windows an axis has, from its size, kernel, step, padding and
            ceil_mode.
        largest: whether it is a maximum; a mean of "same" is of what is inside.
    """
    ends = same_ends(sizes, tuple(k - 1 for k in kernel), stride)
    before = tuple(front for front, _ in ends)
    wanted = tuple(-(-n // s) for n, s in zip(sizes, stride, strict=True))
    inside = "" if largest else ", count_include_pad=False"
    for rounds_up in (False, True):
        axes = zip(sizes, kernel, stride, before, strict=True)
        if tuple(windows(*axis, rounds_up) for axis in axes) == wanted:
            up = ", ceil_mode=True" if rounds_up else ""
            return f"on {sizes} give padding={one(before)}{up}{inside}; {SAME}"
    if not largest:
        return f"on {sizes} it needs {ends}, which no field says; {SAME}"
    return (
        f"on {sizes} it needs {ends}, which no field says; only where no input is"
        f" negative, as behind a ReLU, is it {pad_layer(ends)} before it and"
        f" padding=0; {SAME}"
    )


def wide_maximum(kernel: Sizes, stride: Sizes, padding: Sizes, rounds_up: bool) -> str:
    """Say how a maximum is padded by more than half of its kernel: by pools of stride 1
    before it, each of which widens window and padding by one.
    """
    if any(p >= k for p, k in zip(padding, kernel, strict=True)):
        most = one(tuple(k // 2 for k in kernel))
        return (
            "a window that lies in the padding alone has no largest value; give at"
            f" most padding={most}"
        )
    excess = tuple(max(2 * p - k, 0) for p, k in zip(padding, kernel, strict=True))
    kind, up = f"MaxPool{len(kernel)}D", ", ceil_mode=True" if rounds_up else ""
    wider = [tuple(int(i < e) for e in excess) for i in range(max(excess))]
    steps = []
    for ends, times in groupby(wider):
        taps = one(tuple(1 + end for end in ends))
        small, count = f"{kind}({taps}, stride=1, padding={one(ends)})", len([*times])
        steps.append(small if count == 1 else f"*[{small}] * {count}")
    taps = one(tuple(k - e for k, e in zip(kernel, excess, strict=True)))
    margin = one(tuple(p - e for p, e in zip(padding, excess, strict=True)))
    last = f"{kind}({taps}, stride={one(stride)}, padding={margin}{up})"
    return f"the same in small steps is {', '.join([*steps, last])}"


def wide_mean(sizes: Sizes, padding: Sizes, last: Sizes, counts: bool) -> str:
    """Say how a mean is padded by more than half of its kernel.

    Args:
        sizes: spatial sizes of the input.
        padding: what was asked for at both ends.
        last: where the last window of each axis ends, from the first value on.
        counts: whether padding counts in the mean.
    """
    if not counts:
        return "nothing else leaves padding out of the mean"
    axes = zip(sizes, padding, last, strict=True)
    ends = tuple((p, min(p, max(end - n, 0))) for n, p, end in axes)
    return f"put {pad_layer(ends)} before it and give padding=0"


def projection(shape: Sizes, wanted: Sizes) -> str:
    """Say which shortcut brings a shape to another one, if a layer does."""
    if len(wanted) == len(shape) == 1:
        return f"change the body, or give shortcut=[Dense({wanted[0]})]"
    steps = [_step(n, m) for n, m in zip(shape[1:], wanted[1:], strict=False)]
    if len(wanted) != len(shape) or len(shape) > 3 or None in steps:
        return "change the body, or give a shortcut that ends in the same shape"
    stride = one(tuple(step or 1 for step in steps))
    made = f"Conv{len(steps)}D({wanted[0]}, kernel_size=1, stride={stride})"
    return f"change the body, or give shortcut=[{made}]"


def _step(size: int, wanted: int) -> int | None:
    """Find the least stride by which a kernel of 1 makes one size of another."""
    steps = (step for step in range(1, size + 1) if (size - 1) // step + 1 <= wanted)
    step = next(steps, size)
    return step if (size - 1) // step + 1 == wanted else None


def two_ends(rank: int, zeros: str) -> Callable[[object], str]:
    """Make what suggests a Pad layer for a padding that differs at the two ends.

    Args:
        rank: number of spatial axes.
        zeros: what is true of the zeros that it writes, or nothing.
    """

    def remedy(value: object) -> str:
        ends = _ends(value, rank)
        return f"; put {pad_layer(ends)} before it, padding=0{zeros}" if ends else ""

    return remedy


def _ends(value: object, rank: int) -> Ends | None:
    pairs = [value] if rank == 1 and not _nested(value) else value
    if not isinstance(pairs, list | tuple) or len(pairs) != rank:
        return None
    read = [p for p in pairs if isinstance(p, list | tuple) and len(p) == 2]
    whole = all(type(end) is int and end >= 0 for pair in read for end in pair)
    return tuple((a, b) for a, b in read) if len(read) == rank and whole else None


def _nested(value: object) -> bool:
    return isinstance(value, list | tuple) and any(
        isinstance(entry, list | tuple) for entry in value
    )
