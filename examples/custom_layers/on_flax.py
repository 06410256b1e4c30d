"""The layers in Flax: a module, a function, and the lowering to them."""

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jax import Array

import netspec_flax
from custom_layers.declared import CenteredLayer, MyDense
from netspec.program import Call, Name
from netspec.spec import Placed
from netspec_flax import Context, function, initializer_of, module
from netspec_jax.support.base import Initializer


def centered(x: Array) -> Array:
    """``x - x.mean()``."""
    return x - x.mean()


class ReluDense(nnx.Module):
    """``relu(x @ weight + bias)``."""

    def __init__(
        self,
        in_units: int,
        units: int,
        *,
        weight_init: Initializer,
        bias_init: Initializer,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        key, shape = rngs.params(), (in_units, units)
        self.weight = nnx.Param(weight_init(key, shape, param_dtype))
        self.bias = nnx.Param(bias_init(rngs.params(), (units,), param_dtype))

    def __call__(self, x: Array) -> Array:
        return nnx.relu(x @ self.weight + self.bias)


@netspec_flax.lower.register
def _centered(layer: CenteredLayer, node: Placed, ctx: Context) -> Call | Name:
    return function(centered)


@netspec_flax.lower.register
def _my_dense(layer: MyDense, node: Placed, ctx: Context) -> Call:
    drawn = {f"{n}_init": initializer_of(p) for n, p in node.parameters.items()}
    sizes = node.input_shape[-1], layer.units
    return module(f"{__name__}:ReluDense", ctx, *sizes, **drawn)
