"""Elementwise functions as value and derivative, and those along an axis."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy

from netspec import layers as nl
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array, Pullback, Scope, forward

Derivative = Callable[[], Array]

SELU_SCALE, SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848
TANH_GELU = math.sqrt(2 / math.pi), 0.044715


def elementwise(
    scope: Scope, y: Array, derivative: Derivative
) -> tuple[Array, Pullback]:
    """Return values, and the pullback that multiplies by a derivative."""
    ops = scope.ops
    return ops.value(y), lambda dy: ops.value(dy * ops.value(derivative()))


def pieces(
    x: Array, scope: Scope, kinks: tuple[float, ...], *tables: tuple[float, ...]
) -> tuple[Array, ...]:
    """Return the values and, for each table, the entry for the piece of every value. A
    table has one number for each piece between kinks; a value on a kink belongs to the
    piece below.
    """
    x, piece = scope.pin(x, lambda x: np.searchsorted(kinks, x), kinks)
    return x, *(np.array(table, x.dtype)[piece] for table in tables)


def limited(
    x: Array, scope: Scope, kinks: tuple[float, float]
) -> tuple[Array, Array, Array]:
    """Return the values, and which of them lie on or beyond the upper of two kinks, and
    which between them; both kinks belong to the outer pieces.
    """

    def decide(x: Array) -> Array:
        lower, upper = kinks
        return (x > lower).astype(np.int64) + (x >= upper)

    x, piece = scope.pin(x, decide, kinks)
    return x, piece == 2, piece == 1


@forward.register
def _relu(layer: nl.ReLU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    x, passes = scope.pin(x, lambda x: ~(x <= 0), (0.0,))  # NaN passes
    return _where(passes, x), lambda dy: dy * passes


def _where(passes: Array, x: Array) -> Array:
    """Return x where it passes, else 0, as np.where does in seven times the time, as it
    branches at each value. Infinity times 0 would be NaN, and -1 times 0 would be -0.
    """
    finite = np.maximum(x, np.finfo(x.dtype).min)
    finite *= passes
    finite += 0
    return np.asarray(finite)


@forward.register
def _leaky_relu(layer: nl.LeakyReLU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    x, slope = pieces(x, scope, (0.0,), (scope.scalar("slope"), 1.0))
    return scope.ops.value(x * slope), lambda dy: scope.ops.value(dy * slope)


@forward.register
def _relu6(layer: nl.ReLU6, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    x, _, inside = limited(x, scope, (0.0, 6.0))
    return np.clip(x, 0, 6), lambda dy: dy * inside


@forward.register
def _prelu(layer: nl.PReLU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, weight = scope.ops, scope.param("weight")
    along = weight.reshape(1, -1, *(1,) * (x.ndim - 2)) if x.ndim > 1 else weight
    x, positive = pieces(x, scope, (0.0,), (0.0, 1.0))
    slope = positive + (1 - positive) * along
    axes = (0, *range(2, x.ndim)) if layer.per_channel else None

    def total(product: Array) -> Array:
        return np.asarray(product.sum(axis=axes)).reshape(weight.shape)

    def pullback(dy: Array) -> Array:
        product = ops.value(dy * ops.value(x) * (1 - positive))
        scope.grad("weight", ops.contract(total, x.size // weight.size, product))
        return ops.value(dy * slope)

    return ops.value(x * slope), pullback


def _exponential_linear(
    x: Array, scope: Scope, scale: float, alpha: float, width: float
) -> tuple[Array, Pullback]:
    """Give ``scale * x`` for x > 0, else ``scale * alpha * (exp(x / width) - 1)``."""
    x, positive = pieces(x, scope, (0.0,), (0.0, 1.0))
    below = np.minimum(x, 0) / width
    ops, curve = scope.ops, scale * alpha
    # not x * positive, which is NaN where x is -inf
    above = scale * np.where(positive, x, 0)
    exact = np.expm1(below)
    power = np.exp(below)
    # frameworks subtract 1 from exp or, for the slope, add 1 to what they kept: what
    # is left near 0, or far below it, holds the rounding of the larger term
    minus_one = ops.value(exact) + (ops.value(power) - power)
    y = above + curve * minus_one * (1 - positive)
    exponential = power + (minus_one - exact)
    slope = scale * positive + curve / width * exponential * (1 - positive)
    return elementwise(scope, y, lambda: ops.value(slope))


@forward.register
def _elu(layer: nl.ELU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return _exponential_linear(x, scope, 1.0, scope.scalar("alpha"), 1.0)


@forward.register
def _selu(layer: nl.SELU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return _exponential_linear(x, scope, SELU_SCALE, SELU_ALPHA, 1.0)


@forward.register
def _celu(layer: nl.CELU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    alpha = scope.scalar("alpha")
    return _exponential_linear(x, scope, 1.0, alpha, alpha)


@forward.register
def _gelu(layer: nl.GELU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops = scope.ops
    if not layer.approximate:
        # frameworks add 1 to erf: far below 0 its rounding remains
        erf = scipy.special.erf(x / math.sqrt(2))
        phi = scipy.special.ndtr(x) + (ops.value(erf) - erf) / 2
        density = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        return elementwise(scope, x * phi, lambda: phi + x * ops.value(density))
    rate, cubic = TANH_GELU
    t = ops.value(np.tanh(ops.value(rate * (x + cubic * x**3))))
    inner = rate * (1 + 3 * cubic * x * x)

    def derivative() -> Array:
        return (1 + t) / 2 + x * ops.value(1 - t * t) / 2 * inner

    return elementwise(scope, x * (1 + t) / 2, derivative)


@forward.register
def _silu(layer: nl.SiLU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    beta = layer.beta
    s = scope.ops.value(scipy.special.expit(beta * x))
    return elementwise(scope, x * s, lambda: s * (1 + beta * x * (1 - s)))


@forward.register
def _mish(layer: nl.Mish, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops = scope.ops
    t = ops.value(np.tanh(ops.value(np.logaddexp(0, x))))
    return elementwise(
        scope,
        x * t,
        lambda: t + x * ops.value(1 - t * t) * ops.value(scipy.special.expit(x)),
    )


@forward.register
def _sigmoid(layer: nl.Sigmoid, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    y = scope.ops.value(scipy.special.expit(x))
    return elementwise(scope, y, lambda: y * (1 - y))


@forward.register
def _tanh(layer: nl.Tanh, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    y = scope.ops.value(np.tanh(x))
    return elementwise(scope, y, lambda: 1 - scope.ops.value(y * y))


@forward.register
def _softplus(layer: nl.Softplus, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    beta = layer.beta
    y = np.logaddexp(0, beta * x) / beta
    return elementwise(scope, y, lambda: scipy.special.expit(beta * x))


@forward.register
def _log_sigmoid(
    layer: nl.LogSigmoid, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    return elementwise(scope, -np.logaddexp(0, -x), lambda: scipy.special.expit(-x))


@forward.register
def _softsign(layer: nl.Softsign, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, size = scope.ops, np.abs(x)
    width = ops.value(1 + size)
    # 1 / width^2 as autodiff has it, 1 / width - |x| / width^2
    kept = ops.value(size / width) - size / width
    return elementwise(scope, x / width, lambda: (1 / width - kept) / width)


@forward.register
def _softmax(layer: nl.Softmax, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return softmax(x, layer.axis, scope.ops)


def softmax(x: Array, axis: int, ops: Arithmetic) -> tuple[Array, Pullback]:
    """Compute ``exp(x) / sum(exp(x))`` along an axis."""
    total, size = _total(axis), x.shape[axis]
    e = ops.value(np.exp(ops.value(x - x.max(axis=axis, keepdims=True))))
    y = ops.value(e / ops.contract(total, size, e))

    def pullback(dy: Array) -> Array:
        saved = ops.value(y)
        along = ops.contract(total, size, ops.value(dy * saved))
        return ops.value(saved * ops.value(dy - along))

    return y, pullback


@forward.register
def _softmin(layer: nl.Softmin, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    y, pullback = _softmax(nl.Softmax(layer.axis), -x, scope)
    return y, lambda dy: -pullback(dy)


@forward.register
def _glu(layer: nl.GLU, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, axis = scope.ops, layer.axis
    a, b = np.split(x, 2, axis=axis)
    s = ops.value(scipy.special.expit(b))

    def pullback(dy: Array) -> Array:
        gate = ops.value(dy * ops.value(a * s * (1 - s)))
        return np.concatenate([ops.value(dy * s), gate], axis=axis)

    return ops.value(a * s), pullback


@forward.register
def _log_softmax(
    layer: nl.LogSoftmax, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    ops, axis, size = scope.ops, layer.axis, x.shape[layer.axis]
    total = _total(axis)
    z = ops.value(x - x.max(axis=axis, keepdims=True))
    log_sum = ops.value(np.log(ops.contract(total, size, ops.value(np.exp(z)))))
    y = ops.value(z - log_sum)

    def pullback(dy: Array) -> Array:
        softmax = ops.value(np.exp(ops.value(y)))
        return ops.value(dy - ops.value(softmax * ops.contract(total, size, dy)))

    return y, pullback


def _total(axis: int) -> Callable[[Array], Array]:
    return lambda x: x.sum(axis=axis, keepdims=True)
