"""How the reference computes the layers, with their derivatives by hand.

Every result goes through `scope.ops`, where rounding happens, for the tolerance.
"""

import numpy as np

import netspec_numpy
from custom_layers.declared import CenteredLayer, MyDense
from netspec.contract import Array
from netspec.reference import Pullback, Scope


@netspec_numpy.forward.register
def _centered(layer: CenteredLayer, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops = scope.ops

    def center(x: Array) -> Array:
        total = ops.contract(lambda x: x.sum(keepdims=True), x.size, x)
        return ops.value(x - ops.value(total / x.size))

    return center(x), center  # a symmetric matrix is its own derivative's transpose


@netspec_numpy.forward.register
def _my_dense(layer: MyDense, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, weight, bias = scope.ops, scope.param("weight"), scope.param("bias")
    flat = x.reshape(-1, x.shape[-1])
    y = ops.value(ops.contract(np.matmul, flat.shape[1], flat, weight) + bias)
    y, passes = scope.pin(y, lambda y: y > 0, (0.0,))  # relu: a kink at 0

    def pullback(dy: Array) -> Array:
        dy = dy.reshape(y.shape) * passes
        scope.grad("weight", ops.contract(np.matmul, len(dy), flat.T, dy))
        scope.grad("bias", ops.contract(lambda dy: dy.sum(axis=0), len(dy), dy))
        return ops.contract(np.matmul, layer.units, dy, weight.T).reshape(x.shape)

    return (y * passes).reshape(*x.shape[:-1], layer.units), pullback
