"""Convolutions, and their transposes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from netspec import layers as L
from netspec.importing import Made
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing.layers._shape import CROPS, only
from netspec_onnx.importing.layers._windows import SAME, halves, padding_of

Kinds = Mapping[int, Callable[..., L.Layer]]

CONVOLUTIONS: Kinds = {1: L.Conv1D, 2: L.Conv2D, 3: L.Conv3D}
TRANSPOSED: Kinds = {
    1: L.ConvTranspose1D,
    2: L.ConvTranspose2D,
    3: L.ConvTranspose3D,
}


def kernel(call: Call) -> tuple[int, int, list[int]]:
    """Take the weight, and the bias if there is one; return the first two sizes of the
    weight, and its window.
    """
    weight = call.parameter(1, "weight")
    if call.given("2") is not None:
        call.parameter(2, "bias")
    first, second, *window = weight.shape if weight.ndim > 2 else (0, 0)
    if len(window) not in CONVOLUTIONS or len(window) != len(call.before) - 1:
        raise call.refused(
            f"has a weight of shape {weight.shape} for examples of shape {call.before};"
            " netspec has convolutions over one to three axes"
        )
    if call.numbers("kernel_shape", window) != window:
        raise call.refused("has another kernel_shape than its weight; it is damaged")
    return first, second, window


@rule("Conv")
def convolution(call: Call) -> Made:
    channels, _, window = kernel(call)
    rank = len(window)
    stride = call.per_axis("strides", rank, 1)
    dilation = call.per_axis("dilations", rank, 1)
    return CONVOLUTIONS[rank](
        channels,
        kernel_size=window,
        stride=stride,
        padding=padding_of(call, window, stride, dilation),
        dilation=dilation,
        groups=call.whole("group", 1),
        bias=call.given("2") is not None,
    )


@rule("ConvTranspose")
def transposed(call: Call) -> Made:
    """Take positions away at the ends: the layer as many at both, a crop the rest."""
    _, channels, window = kernel(call)
    rank = len(window)
    stride = call.per_axis("strides", rank, 1)
    dilation = call.per_axis("dilations", rank, 1)
    more = call.per_axis("output_padding", rank, 0)
    ends = _ends(call, window, stride, dilation, more)
    padding = [min(first, last) for first, last in ends]
    layer = TRANSPOSED[rank](
        channels * call.whole("group", 1),
        kernel_size=window,
        stride=stride,
        padding=padding,
        output_padding=more,
        dilation=dilation,
        groups=call.whole("group", 1),
        bias=call.given("2") is not None,
    )
    rest = [(a - p, b - p) for (a, b), p in zip(ends, padding, strict=True)]
    if not any(map(any, rest)):
        return layer
    return [call.settled(layer), CROPS[rank](only(rest))]


def _ends(
    call: Call,
    window: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    more: Sequence[int],
) -> list[tuple[int, int]]:
    """Return how many positions are taken away at the ends of each axis."""
    rank, how = len(window), call.text("auto_pad", "NOTSET")
    sizes = call.before[1:]
    wanted = call.numbers("output_shape")[-rank:]
    if not wanted and how in SAME:
        wanted = [n * step for n, step in zip(sizes, stride, strict=True)]
    if not wanted:
        flat = call.per_axis("pads", 2 * rank, 0) if how != "VALID" else [0] * 2 * rank
        return list(zip(flat[:rank], flat[rank:], strict=True))
    axes = zip(sizes, window, stride, dilation, more, wanted, strict=True)
    found = [
        step * (n - 1) + extra + apart * (taps - 1) + 1 - out
        for n, taps, step, apart, extra, out in axes
    ]
    if min(found) < 0:
        raise call.refused("has an output_shape that is larger than what it makes")
    # where SAME_UPPER does not ask for it, the larger half is taken away before
    return [halves(n, how if how == "SAME_UPPER" else "SAME_LOWER") for n in found]
