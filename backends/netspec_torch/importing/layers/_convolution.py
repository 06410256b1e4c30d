"""Convolutions, and their transposes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read

Kinds = Mapping[int, Callable[..., L.Layer]]

CONVOLUTIONS: Kinds = {1: L.Conv1D, 2: L.Conv2D, 3: L.Conv3D}
TRANSPOSED: Kinds = {
    1: L.ConvTranspose1D,
    2: L.ConvTranspose2D,
    3: L.ConvTranspose3D,
}


@read.register("aten.conv1d", "aten.conv2d", "aten.conv3d")
def convolution(call: Call) -> Made:
    channels, _, *window = call.weight("weight")
    rank, dilation = len(window), per_axis(call["dilation"], len(window))
    return CONVOLUTIONS[rank](
        channels,
        kernel_size=window,
        stride=per_axis(call["stride"], rank),
        padding=padding_of(call["padding"], window, dilation),
        dilation=dilation,
        groups=call["groups"],
        bias=bool(call.weight("bias")),
    )


def padding_of(said: object, window: list[int], dilation: list[int]) -> object:
    """Return padding as a layer takes it; PyTorch puts an odd zero of "same" behind."""
    if said == "valid":
        return 0
    if said == "same":
        spans = [d * (k - 1) for d, k in zip(dilation, window, strict=True)]
        return [(span // 2, span - span // 2) for span in spans]
    assert isinstance(said, int | list)
    return per_axis(said, len(window))


@read.register(
    "aten.conv_transpose1d", "aten.conv_transpose2d", "aten.conv_transpose3d"
)
def transposed(call: Call) -> Made:
    _, channels, *window = call.weight("weight")
    names = ("stride", "padding", "output_padding", "dilation")
    return TRANSPOSED[len(window)](
        channels * call["groups"],
        kernel_size=window,
        groups=call["groups"],
        bias=bool(call.weight("bias")),
        **{name: per_axis(call[name], len(window)) for name in names},
    )


def per_axis(value: int | list[int], rank: int) -> list[int]:
    """Return a number for each axis, of which one may stand for all."""
    held = [value] if isinstance(value, int) else list(value)
    return held * rank if len(held) == 1 else held
