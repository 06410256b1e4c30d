"""The Gluon backend: a spec becomes a plain `mxnet.gluon.nn.HybridSequential`, or its
source.

A custom layer works in it once you register a lowering:

    @netspec_gluon.lower.register
    def swish(layer: Swish, node: Placed, ctx: Context) -> Call:
        return call(SwishBlock, layer.beta)
"""

from importlib.util import find_spec

if find_spec("mxnet"):
    from . import mxnet191 as mxnet191  # first: without it MXNet cannot be imported

from netspec_gluon import layers as layers
from netspec_gluon._initializers import by_law as by_law
from netspec_gluon._lowering import Context as Context
from netspec_gluon._lowering import block as block
from netspec_gluon._lowering import chain as chain
from netspec_gluon._lowering import lower as lower
from netspec_gluon._program import text as text

if find_spec("mxnet"):
    from netspec_gluon._backend import GluonBackend as GluonBackend

    backend = GluonBackend()
