"""Pooling over windows. PyTorch takes the same padding at both ends, of at most half of
the kernel; other padding comes first.
"""

from __future__ import annotations

from math import inf

from netspec import layers as L
from netspec.layers import Ends, Pool, pool_padding, pool_reach, pool_stride, symmetric
from netspec.program import Call, Expr, call, one
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register
from netspec_torch.layers._ends import flat


@register
def max_pool(
    layer: L.MaxPool1D | L.MaxPool2D | L.MaxPool3D, node: Placed, ctx: Context
) -> Call:
    dilation = one(layer.dilation)
    taken = _taken(layer, pool_padding(layer, node.input_shape))
    if taken is not None:
        up = layer.ceil_mode
        return _pool(layer, padding=taken, dilation=dilation, ceil_mode=up)
    margins = one(flat(pool_reach(layer, node.input_shape)))
    padded = call(f"torch.nn:ConstantPad{len(layer.kernel_size)}d", margins, -inf)
    return call("torch.nn:Sequential", padded, _pool(layer, dilation=dilation))


@register
def avg_pool(
    layer: L.AvgPool1D | L.AvgPool2D | L.AvgPool3D, node: Placed, ctx: Context
) -> Call:
    ends, reach = (f(layer, node.input_shape) for f in (pool_padding, pool_reach))
    counts = layer.count_include_pad
    taken = _taken(layer, ends)
    if taken is not None and not _overlooks(layer, node):
        up = layer.ceil_mode
        return _pool(layer, padding=taken, ceil_mode=up, count_include_pad=counts)
    if counts and reach == ends:
        padded = call(f"torch.nn:ZeroPad{len(ends)}d", one(flat(ends)))
        return call("torch.nn:Sequential", padded, _pool(layer))
    counted = flat(ends) if counts else (0,) * 2 * len(ends)
    target = f"{SUPPORT}.windows:PaddedAvgPool"
    return call(target, _pool(layer), margins=flat(reach), counted=counted)


def _taken(pool: Pool, ends: Ends) -> Expr:
    """Return padding as PyTorch takes it; None where it does not."""
    pairs = zip(ends, pool.kernel_size, strict=True)
    fits = all(2 * before <= kernel for (before, _), kernel in pairs)
    return one(symmetric(ends)) if fits else None


def _overlooks(pool: L.AvgPool, node: Placed) -> bool:
    """Tell whether PyTorch finds the input too small, as nn.AvgPool3d does without
    looking at the padding.
    """
    sizes = zip(node.input_shape[1:], pool.kernel_size, strict=True)
    return isinstance(pool, L.AvgPool3D) and any(n < taps for n, taps in sizes)


def _pool(pool: Pool, **options: Expr) -> Call:
    kernel, stride = one(pool.kernel_size), one(pool_stride(pool))
    stride = None if stride == kernel else stride
    kind = type(pool).__name__.replace("D", "d")
    return module(f"torch.nn:{kind}", kernel, stride=stride, **options)
