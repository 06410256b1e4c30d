"""Functions of straight pieces, and their kin, as value and derivative."""

from __future__ import annotations

import numpy as np

from netspec import layers as nl
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference.layers._activations import elementwise, limited


@forward.register
def _hard_tanh(layer: nl.HardTanh, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    low, high = scope.scalar("low"), scope.scalar("high")
    x, _, inside = limited(x, scope, (low, high))
    return np.clip(x, low, high), lambda dy: dy * inside


@forward.register
def _soft_shrink(
    layer: nl.SoftShrink, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    lambd = scope.scalar("lambd")
    x, above, inside = _outside(x, scope, lambd)
    shifted = scope.ops.value(np.where(above, x - lambd, x + lambd))
    return np.where(inside, 0, shifted), lambda dy: dy * ~inside


@forward.register
def _hard_shrink(
    layer: nl.HardShrink, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    x, _, inside = _outside(x, scope, scope.scalar("lambd"))
    return np.where(inside, 0, x), lambda dy: dy * ~inside


def _outside(x: Array, scope: Scope, lambd: float) -> tuple[Array, Array, Array]:
    """Return the values, and which of them lie above ``lambd``, and which neither there
    nor below ``-lambd``; both kinks belong to the piece between them.
    """
    kinks = (-lambd, lambd)

    def decide(x: Array) -> Array:
        return (x >= -lambd).astype(np.int64) + (x > lambd)

    x, piece = scope.pin(x, decide, kinks)
    return x, piece == 2, piece == 1


@forward.register
def _tanh_shrink(
    layer: nl.TanhShrink, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    ops = scope.ops
    t = ops.value(np.tanh(x))
    # 1 - (1 - tanh^2), as autodiff has it: near 0 the rounding of the 1 remains
    return elementwise(scope, x - t, lambda: 1 - ops.value(1 - ops.value(t * t)))


@forward.register
def _threshold(layer: nl.Threshold, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    threshold, value = scope.scalar("threshold"), scope.scalar("value")
    x, above = scope.pin(x, lambda x: ~(x <= threshold), (threshold,))  # NaN passes
    return np.where(above, x, value), lambda dy: dy * above


@forward.register
def _hard_sigmoid(
    layer: nl.HardSigmoid, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    slope, offset = layer.slope, layer.offset
    x, *_, inside = limited(x, scope, layer.corners)
    if (slope, offset) == (1 / 6, 0.5):
        y = np.clip(x + 3, 0, 6) / 6
    else:
        y = np.clip(scope.ops.value(slope * x) + offset, 0, 1)
    steep = scope.scalar("slope")  # a framework may have another in its gradient alone
    return elementwise(scope, y, lambda: inside.astype(x.dtype) * steep)


@forward.register
def _hard_swish(layer: nl.HardSwish, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    x, above, inside = limited(x, scope, (-3.0, 3.0))
    slope = inside * (2 * np.clip(x, -3, 3) + 3) / 6 + above
    return elementwise(scope, x * np.clip(x + 3, 0, 6) / 6, lambda: slope)
