"""The Flax backend: a spec becomes an `nnx.Module`, or the source of one.

It stands on the JAX backend, with whose engine Flax computes: layouts, first weights
and compiler options are the same.

A custom layer works in it once you register a lowering:

    @netspec_flax.lower.register
    def swish(layer: Swish, node: Placed, ctx: Context) -> Call:
        return function(swish_of, beta=layer.beta)

    def swish_of(x: jax.Array, beta: float) -> jax.Array:
        return x * nnx.sigmoid(beta * x)
"""

from importlib.util import find_spec

from netspec_flax import layers as layers
from netspec_flax._initializers import initializer_of as initializer_of
from netspec_flax._lowering import RNGS as RNGS
from netspec_flax._lowering import Context as Context
from netspec_flax._lowering import chain as chain
from netspec_flax._lowering import function as function
from netspec_flax._lowering import lower as lower
from netspec_flax._lowering import module as module
from netspec_flax._program import text as text

if find_spec("flax"):
    from netspec_flax._backend import FlaxBackend as FlaxBackend
    from netspec_flax._network import Network as Network

    backend = FlaxBackend()
