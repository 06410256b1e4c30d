"""The layers in JAX: pairs of pure functions, and the lowering to them."""

from jax import Array, nn

import netspec_jax
from custom_layers.declared import CenteredLayer, MyDense
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_jax import (
    Context,
    Initializer,
    Layer,
    Tree,
    elementwise,
    initializer_of,
    parametric,
)


def centered() -> Layer:
    """``x - x.mean()``."""
    return elementwise(lambda x: x - x.mean())


def relu_dense(
    in_units: int, units: int, weight: Initializer, bias: Initializer
) -> Layer:
    """``relu(x @ weight + bias)``."""

    def function(params: Tree, x: Array) -> Array:
        return nn.relu(x @ params["weight"] + params["bias"])

    shapes = (in_units, units), (units,)
    return parametric(function, weight=(weight, shapes[0]), bias=(bias, shapes[1]))


@netspec_jax.lower.register
def _centered(layer: CenteredLayer, node: Placed, ctx: Context) -> Call:
    return call(centered)


@netspec_jax.lower.register
def _my_dense(layer: MyDense, node: Placed, ctx: Context) -> Call:
    drawn = {
        name: initializer_of(parameter) for name, parameter in node.parameters.items()
    }
    return call(relu_dense, node.input_shape[-1], layer.units, **drawn)
