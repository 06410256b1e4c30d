"""The JAX backend: a spec becomes two pure functions and their parameters, or the
source of the functions.

A custom layer works in it once you register a lowering:

    @netspec_jax.lower.register
    def swish(layer: Swish, node: Placed, ctx: Context) -> Call:
        return call(swish_layer, layer.beta)

    def swish_layer(beta: float) -> Layer:
        return elementwise(lambda x: x * nn.sigmoid(beta * x))
"""

from importlib.util import find_spec

from netspec.program.layouts import Layout as Layout
from netspec.program.layouts import wanted as wanted
from netspec_jax import layers as layers
from netspec_jax._comparing import compares as compares
from netspec_jax._initializers import by_law as by_law
from netspec_jax._initializers import initializer_of as initializer_of
from netspec_jax._initializers import name_shared as name_shared
from netspec_jax._loops import is_long as is_long
from netspec_jax._lowering import Context as Context
from netspec_jax._lowering import chain as chain
from netspec_jax._lowering import lower as lower
from netspec_jax._program import text as text

if find_spec("jax"):
    from netspec_jax._arrays import beside as beside
    from netspec_jax._backend import JaxBackend as JaxBackend
    from netspec_jax._kept import kept as kept
    from netspec_jax._model import PureModel as PureModel
    from netspec_jax._modes import SEED as SEED
    from netspec_jax._modes import Options as Options
    from netspec_jax._modes import computing_in as computing_in
    from netspec_jax._modes import drawing_from as drawing_from
    from netspec_jax._modes import key_of as key_of
    from netspec_jax._modes import options_now as options_now
    from netspec_jax._modes import quick_environment as quick_environment
    from netspec_jax._modes import quick_to_compile as quick_to_compile
    from netspec_jax._modes import quickest as quickest
    from netspec_jax._modes import quickly as quickly
    from netspec_jax._modes import to_device as to_device
    from netspec_jax.support.base import Initializer as Initializer
    from netspec_jax.support.base import Layer as Layer
    from netspec_jax.support.base import Mode as Mode
    from netspec_jax.support.base import Tree as Tree
    from netspec_jax.support.base import draw as draw
    from netspec_jax.support.base import elementwise as elementwise
    from netspec_jax.support.base import parametric as parametric

    backend = JaxBackend()
