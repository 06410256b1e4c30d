"""What goes around a layer: another layout, zeros, and a guard of float64."""

from collections.abc import Callable

import jax.numpy as jnp
from jax import Array
from jax.typing import DTypeLike

from netspec_jax.support.base import Layer, Mode, Tree


def before(function: Callable[[Array], Array], layer: Layer) -> Layer:
    """The layer, reading a function of x."""

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        return layer.apply(params, state, function(x), mode)

    return Layer(layer.init, apply)


def after(function: Callable[[Array], Array], layer: Layer) -> Layer:
    """The layer, giving a function of its output."""

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        y, state = layer.apply(params, state, x, mode)
        return function(y), state

    return Layer(layer.init, apply)


def padded(layer: Layer, *margins: tuple[int, int]) -> Layer:
    """The layer, reading zeros around each axis between the first and the last."""
    return before(lambda x: jnp.pad(x, [(0, 0), *margins, (0, 0)]), layer)


def channels_last(x: Array) -> Array:
    """(batch, channels, height, width) as (batch, height, width, channels)."""
    return jnp.moveaxis(x, 1, -1)


def channels_first(x: Array) -> Array:
    """(batch, height, width, channels) as (batch, channels, height, width)."""
    return jnp.moveaxis(x, -1, 1)


def float64(net: Layer) -> Layer:
    """The net, refusing to run where JAX would silently compute in float32."""

    def need_x64() -> None:
        if jnp.result_type(float) != jnp.float64:
            raise RuntimeError(
                "this model is float64, but here JAX has its 64-bit types off; call it"
                " inside `with jax.enable_x64(True):`"
            )

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        need_x64()
        return net.init(key, dtype)

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        need_x64()
        return net.apply(params, state, x, mode)

    return Layer(init, apply)
