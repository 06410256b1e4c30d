"""Dropout of values, of channels, of examples."""

from __future__ import annotations

from netspec.layers import ChannelDropout, Dropout, StochasticDepth
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _dropout(layer: Dropout, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return _zeroed(x, x.shape, layer.rate, scope)


@forward.register
def _stochastic_depth(
    layer: StochasticDepth, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    return _zeroed(x, (len(x), *[1] * (x.ndim - 1)), layer.rate, scope)


@forward.register
def _channel_dropout(
    layer: ChannelDropout, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    return _zeroed(x, (*x.shape[:2], *[1] * (x.ndim - 2)), layer.rate, scope)


def _zeroed(
    x: Array, mask: tuple[int, ...], rate: float, scope: Scope
) -> tuple[Array, Pullback]:
    """Multiply by a mask of a shape that broadcasts, over ``1 - rate``."""
    if not scope.train or rate == 0:
        return x, lambda dy: dy
    kept = scope.mask(mask, rate)
    factor = (kept / (1 - rate)).astype(x.dtype)
    return scope.ops.value(x * factor), lambda dy: scope.ops.value(dy * factor)
