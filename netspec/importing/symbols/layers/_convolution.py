"""Convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Call, rule

CONVOLUTIONS = {1: L.Conv1D, 2: L.Conv2D, 3: L.Conv3D}
CHANNELS_FIRST = ("None", "NCW", "NCHW", "NCDHW")


def need_channels_first(call: Call) -> None:
    layout = call.text("layout", "None")
    if layout not in CHANNELS_FIRST:
        raise call.refused(f"has layout {layout[:10]}; netspec reads channels first")


@rule("Convolution", "Convolution_v1", parameters=True)
def convolution(call: Call) -> Made:
    need_channels_first(call)
    kernel = call.sizes("kernel")
    rank = len(kernel)
    if rank not in CONVOLUTIONS:
        raise call.refused(f"has {rank} axes of positions, for which there is no layer")
    call.parameter(1, "weight")
    bias = not call.flag("no_bias", False)
    if bias:
        call.parameter(2, "bias")
    return CONVOLUTIONS[rank](
        call.whole("num_filter"),
        kernel_size=kernel,
        stride=call.sizes("stride", [1] * rank),
        padding=call.sizes("pad", [0] * rank),
        dilation=call.sizes("dilate", [1] * rank),
        groups=call.whole("num_group", 1),
        bias=bias,
    )
