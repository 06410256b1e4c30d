"""Pooling over windows. Padding is always written out: of ``auto_pad`` runtimes have
ways of their own.
"""

from __future__ import annotations

from math import inf

from netspec import layers as L
from netspec.layers import Ends, Pool, pool_padding, pool_reach, pool_stride
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._conv import pads
from netspec_onnx.layers._shape import margins


@register
def max_pool(
    layer: L.MaxPool1D | L.MaxPool2D | L.MaxPool3D, node: Placed, x: str, to: Writer
) -> str:
    # all that a window reaches is padding, so that nothing need be rounded up
    ends = pool_reach(layer, node.input_shape)
    if not _taken(layer, ends):
        x, ends = _padded(x, ends, -inf, to), ((0, 0),) * len(ends)
    return to.op(
        "MaxPool", x, **_window(layer), pads=pads(ends), dilations=layer.dilation
    )


@register
def avg_pool(
    layer: L.AvgPool1D | L.AvgPool2D | L.AvgPool3D, node: Placed, x: str, to: Writer
) -> str:
    ends, reach = (f(layer, node.input_shape) for f in (pool_padding, pool_reach))
    counted = layer.count_include_pad
    # what rounding up adds is counted by nobody
    if not counted and _taken(layer, reach):
        return to.op("AveragePool", x, **_window(layer), pads=pads(reach))
    return to.op(
        "AveragePool",
        x,
        **_window(layer),
        pads=pads(ends),
        ceil_mode=int(reach != ends),
        count_include_pad=int(counted),
    )


def _window(pool: Pool) -> dict[str, tuple[int, ...]]:
    return {"kernel_shape": pool.kernel_size, "strides": pool_stride(pool)}


def _taken(pool: Pool, ends: Ends) -> bool:
    """Tell whether onnxruntime takes padding, which must be less than the kernel."""
    pairs = zip(ends, pool.kernel_size, strict=True)
    return all(max(pair) < kernel for pair, kernel in pairs)


def _padded(x: str, ends: Ends, value: float, to: Writer) -> str:
    return to.op("Pad", x, margins(ends, to), to.numbers(value))
