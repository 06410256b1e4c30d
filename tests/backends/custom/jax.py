"""The layers of a user in JAX."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import Array
from jax.nn import initializers
from jax.typing import DTypeLike

from netspec.declare import Parameter
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_jax import Context, Layer, Mode, Tree, initializer_of, lower, parametric
from netspec_jax.support.dense import dense
from tests.backends.custom.layers import Coin, Squash, Undeclared

START = 0.5


def squash(x: Array) -> Array:
    squashed: Array = x / (START + jnp.abs(x))
    return squashed


def squash_pair(width: int, units: int, weight: Any, bias: Any) -> Layer:
    """x * weight, squashed, then projected."""
    inner = dense(width, units, weight=weight, bias=bias)

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        params, state = inner.init(key, dtype)
        return {"weight": jnp.ones(width, dtype), "inner": params}, state

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        return inner.apply(params["inner"], state, squash(x * params["weight"]), mode)

    return Layer(init, apply)


@lower.register
def squash_layer(layer: Squash, node: Placed, ctx: Context) -> Call:
    drawn = (
        initializer_of(node.parameters[f"inner.{name}"]) for name in ("weight", "bias")
    )
    return call(squash_pair, *node.input_shape, layer.units, *drawn)


def undeclared_pair() -> Layer:
    return parametric(lambda params, x: x, weight=(initializers.ones, (1,)))


@lower.register
def undeclared(layer: Undeclared, node: Placed, ctx: Context) -> Call:
    return call(undeclared_pair)


def heads(law: Coin, parameter: Parameter) -> Call:
    return call("jax.nn.initializers:constant", 1.0)
