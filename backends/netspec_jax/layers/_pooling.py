"""Pools over windows and over all positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import Pool, pool_padding, pool_stride
from netspec.program import Call, Expr, one
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register

Ends = tuple[tuple[int, int], ...]


@register
def max_pool(layer: L.MaxPool1D | L.MaxPool2D, node: Placed, ctx: Context) -> Call:
    return made(
        "pooling:max_pool",
        layer.kernel_size,
        stride=one(pool_stride(layer)),
        padding=_shortest(_ends(layer, node)),
    )


@register
def avg_pool(layer: L.AvgPool1D | L.AvgPool2D, node: Placed, ctx: Context) -> Call:
    ends = _ends(layer, node)
    counts = pool_padding(layer) if layer.count_include_pad else (0,) * len(ends)
    counted = tuple((size, size) for size in counts)
    return made(
        "pooling:avg_pool",
        layer.kernel_size,
        stride=one(pool_stride(layer)),
        padding=_shortest(ends),
        counted=None if counted == ends else _shortest(counted),
    )


def _ends(layer: Pool, node: Placed) -> Ends:
    """Return the padding at both ends of each axis, including what ceil_mode adds."""
    axes = zip(
        node.input_shape[1:],
        node.output_shape[1:],
        layer.kernel_size,
        pool_stride(layer),
        pool_padding(layer),
        strict=True,
    )
    return tuple((p, max(p, (m - 1) * s + k - n - p)) for n, m, k, s, p in axes)


def _shortest(ends: Ends) -> Expr:
    """Shorten padding that is equal everywhere, ``((1, 1), (1, 1))`` to ``1``."""
    if all(low == high for low, high in ends):
        return one(tuple(low for low, _ in ends))
    return ends


@register
def global_average(
    layer: L.GlobalAvgPool1D | L.GlobalAvgPool2D, node: Placed, ctx: Context
) -> Call:
    return made("pooling:global_avg_pool", keepdims=layer.keepdims)


@register
def global_max(
    layer: L.GlobalMaxPool1D | L.GlobalMaxPool2D, node: Placed, ctx: Context
) -> Call:
    return made("pooling:global_max_pool", keepdims=layer.keepdims)
