"""Convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read

CONVOLUTIONS = {1: L.Conv1D, 2: L.Conv2D}
PADS = {1: L.Pad1D, 2: L.Pad2D}


@read.register("aten.conv1d", "aten.conv2d")
def convolution(call: Call) -> Made:
    channels, _, *window = call.weight("weight")
    bias = bool(call.weight("bias"))
    rank = len(window)
    padding, dilation = call["padding"], per_axis(call["dilation"], rank)
    before: list[L.Layer] = []
    if padding == "same":
        spans = [d * (k - 1) for d, k in zip(dilation, window, strict=True)]
        ends = [(span // 2, span - span // 2) for span in spans]
        padding = [min(pair) for pair in ends]
        if any(first != last for first, last in ends):
            rest = [(0, last - first) for first, last in ends]
            before = [PADS[rank](rest if rank > 1 else rest[0])]
    elif padding == "valid":
        padding = 0
    made = CONVOLUTIONS[rank](
        channels,
        kernel_size=window,
        stride=per_axis(call["stride"], rank),
        padding=per_axis(padding, rank),
        dilation=dilation,
        groups=call["groups"],
        bias=bias,
    )
    return [*before, made]


def per_axis(value: int | list[int], rank: int) -> list[int]:
    """Return a number for each axis, of which one may stand for all."""
    held = [value] if isinstance(value, int) else list(value)
    return held * rank if len(held) == 1 else held
