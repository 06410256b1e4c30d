"""Pooling."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import GlobalPool, Pool, pool_padding, pool_stride
from netspec.program import Call, Expr, call, one
from netspec.spec import Placed
from netspec_gluon._lowering import (
    NN,
    SUPPORT,
    Context,
    block,
    ours,
    refusal,
    register,
)


@register
def max_pool(layer: L.MaxPool1D | L.MaxPool2D, node: Placed, ctx: Context) -> Call:
    return _pool(layer, _rounds_up(layer, node))


@register
def avg_pool(layer: L.AvgPool1D | L.AvgPool2D, node: Placed, ctx: Context) -> Call:
    rounds_up = _rounds_up(layer, node)
    cut = rounds_up and not ctx.double
    counts = layer.count_include_pad
    return _pool(layer, rounds_up, own=cut, count_include_pad=counts)


def _pool(pool: Pool, rounds_up: bool, own: bool = False, **options: Expr) -> Call:
    stride = pool_stride(pool)
    return block(
        f"{f'{SUPPORT}.pooling' if own else NN}:{type(pool).__name__}",
        one(pool.kernel_size),
        strides=None if stride == pool.kernel_size else one(stride),
        padding=one(pool_padding(pool)),
        ceil_mode=rounds_up,
        **options,
    )


def _rounds_up(pool: Pool, node: Placed) -> bool:
    """Tell whether Gluon has to round the numbers of windows up.

    Raises:
        BackendError: Gluon, which rounds up on all axes or none, would keep a last
            window that starts in the padding; the spec drops it.
    """
    axes = zip(
        node.input_shape[1:],
        pool.kernel_size,
        pool_padding(pool),
        pool_stride(pool),
        strict=True,
    )
    room = [(n + 2 * pad - kernel, step) for n, kernel, pad, step in axes]
    windows = node.output_shape[1:]
    if windows == tuple(free // step + 1 for free, step in room):
        return False
    if windows == tuple(-(-free // step) + 1 for free, step in room):
        return True
    raise refusal(
        node,
        "with ceil_mode Gluon keeps a last window that starts in the padding, which the"
        " spec drops on one of the axes; choose another padding or stride",
    )


def global_pool(layer: GlobalPool, node: Placed, ctx: Context) -> Call:
    pooled = call(f"{NN}:{type(layer).__name__}")
    if layer.keepdims:
        return pooled
    return ours("containers:sequential", pooled, call(f"{NN}:Flatten"))


for kind in (
    L.GlobalAvgPool1D,
    L.GlobalAvgPool2D,
    L.GlobalMaxPool1D,
    L.GlobalMaxPool2D,
):
    register(global_pool, kind)


def takes_maxima(layer: L.Layer) -> bool:
    """Tell whether MXNet computes a layer by its maximum pooling."""
    maxima = L.MaxPool1D | L.MaxPool2D | L.GlobalMaxPool1D | L.GlobalMaxPool2D
    return isinstance(layer, maxima | L.AdaptiveMaxPool)
