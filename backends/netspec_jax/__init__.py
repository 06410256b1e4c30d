"""The JAX backend: a spec becomes two pure functions and their parameters, or the
source of the functions.

A layer of your own works in it once you register a lowering:

    @netspec_jax.lower.register
    def swish(layer: Swish, node: Node, ctx: Context) -> Call:
        return call(swish_layer, layer.beta)

    def swish_layer(beta: float) -> Layer:
        return elementwise(lambda x: x * nn.sigmoid(beta * x))
"""

from netspec_jax import layers
from netspec_jax.initializers import by_law
from netspec_jax.layout import Layout, wanted
from netspec_jax.lowering import Context, chain, lower
from netspec_jax.model import PureModel
from netspec_jax.modes import quick_to_compile
from netspec_jax.runtime import JaxBackend
from netspec_jax.support import Layer, Mode, Tree, draw, elementwise, parametric

backend = JaxBackend()

__all__ = [
    "Context",
    "JaxBackend",
    "Layer",
    "Layout",
    "Mode",
    "PureModel",
    "Tree",
    "backend",
    "by_law",
    "chain",
    "draw",
    "elementwise",
    "layers",
    "lower",
    "parametric",
    "quick_to_compile",
    "wanted",
]
