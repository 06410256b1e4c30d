"""Pooling over windows. Gluon pads both ends alike; other padding comes first."""

from __future__ import annotations

from math import inf

from netspec import layers as L
from netspec.layers import (
    Ends,
    Pool,
    pool_padding,
    pool_reach,
    pool_spans,
    pool_stride,
    symmetric,
)
from netspec.program import Call, Expr, one
from netspec.spec import Placed
from netspec_gluon._lowering import NN, SUPPORT, Context, block, ours, register
from netspec_gluon.layers._global_pools import MAXIMA


@register
def max_pool(
    layer: L.MaxPool1D | L.MaxPool2D | L.MaxPool3D, node: Placed, ctx: Context
) -> Call:
    margins, rounds_up = pool_reach(layer, node.input_shape), _rounds_up(layer, node)
    if max(layer.dilation) > 1:
        return _dilated(layer, margins)
    if rounds_up is not None:
        return _padded_inside(layer, node, rounds_up)
    padded = ours("shape:Pad", *flat(margins), value=-inf)
    return ours("containers:sequential", padded, _pool(layer))


def _dilated(layer: L.MaxPool, margins: Ends) -> Call:
    return block(
        f"{SUPPORT}.windows:DilatedMaxPool",
        layer.kernel_size,
        layer.dilation,
        strides=pool_stride(layer),
        margins=flat(margins),
    )


@register
def avg_pool(
    layer: L.AvgPool1D | L.AvgPool2D | L.AvgPool3D, node: Placed, ctx: Context
) -> Call:
    rounds_up, counts = _rounds_up(layer, node), layer.count_include_pad
    if rounds_up is not None:
        own = rounds_up and not ctx.double
        return _padded_inside(layer, node, rounds_up, own, count_include_pad=counts)
    ends, margins = (f(layer, node.input_shape) for f in (pool_padding, pool_reach))
    if counts and ends == margins:
        padded = ours("shape:Pad", *flat(ends))
        return ours("containers:sequential", padded, _pool(layer))
    counted = flat(ends) if counts else (0,) * 2 * len(ends)
    return ours("windows:PaddedAvgPool", _pool(layer), flat(margins), counted)


def flat(ends: Ends) -> tuple[int, ...]:
    """List padding as the blocks of `support` take it."""
    return tuple(end for pair in ends for end in pair)


def _padded_inside(
    pool: Pool, node: Placed, rounds_up: bool, own: bool = False, **options: Expr
) -> Call:
    padding = one(symmetric(pool_padding(pool, node.input_shape)))
    return _pool(pool, own, padding=padding, ceil_mode=rounds_up, **options)


def _pool(pool: Pool, own: bool = False, **options: Expr) -> Call:
    stride = pool_stride(pool)
    return block(
        f"{f'{SUPPORT}.pooling' if own else NN}:{type(pool).__name__}",
        one(pool.kernel_size),
        strides=None if stride == pool.kernel_size else one(stride),
        **options,
    )


def _rounds_up(pool: Pool, node: Placed) -> bool | None:
    """Tell whether Gluon has to round the numbers of windows up; None where it does
    not make these windows: it rounds up on all axes or none, keeps a last window that
    starts in the padding, which the spec drops, and pads both ends alike.
    """
    ends = pool_padding(pool, node.input_shape)
    if symmetric(ends) is None:
        return None
    axes = zip(
        node.input_shape[1:], ends, pool_spans(pool), pool_stride(pool), strict=True
    )
    room = [(n + sum(pair) - span - 1, step) for n, pair, span, step in axes]
    windows = node.output_shape[1:]
    if windows == tuple(free // step + 1 for free, step in room):
        return False
    return True if windows == tuple(-(-f // s) + 1 for f, s in room) else None


def takes_maxima(layer: L.Layer) -> bool:
    """Tell whether MXNet computes a layer by its maximum pooling."""
    return isinstance(layer, (L.MaxPool, L.AdaptiveMaxPool, *MAXIMA))
