"""The layers in JAX: pairs of pure functions, and the lowering to them."""

from jax import Array, nn

import netspec_jax
from custom_layers.declared import CenteredLayer, MyDense
from netspec.expr import Call, call
from netspec.graph import Node
from netspec_jax import Context, Layer, Tree, elementwise, parametric
from netspec_jax.initializers import draw
from netspec_jax.support.base import Initializer


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
def _centered(layer: CenteredLayer, node: Node, ctx: Context) -> Call:
    return call(centered)


@netspec_jax.lower.register
def _my_dense(layer: MyDense, node: Node, ctx: Context) -> Call:
    drawn = {name: draw(parameter) for name, parameter in node.parameters.items()}
    return call(relu_dense, node.input_shape[-1], layer.units, **drawn)
