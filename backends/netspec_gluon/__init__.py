"""The Gluon backend: a spec becomes a plain `mxnet.gluon.nn.HybridSequential`, or its
source.

A layer of your own works in it once you register a lowering:

    @netspec_gluon.lower.register
    def swish(layer: Swish, node: Node, ctx: Context) -> Call:
        return call(SwishBlock, layer.beta)
"""

import netspec_gluon.threads  # noqa: I001  (before MXNet reads it)
import netspec_gluon.lean  # noqa: F401  (first: without it MXNet cannot be imported)
from netspec_gluon import layers
from netspec_gluon.initializers import by_law
from netspec_gluon.lowering import Context, block, chain, lower
from netspec_gluon.runtime import GluonBackend

backend = GluonBackend()

__all__ = [
    "Context",
    "GluonBackend",
    "backend",
    "block",
    "by_law",
    "chain",
    "layers",
    "lower",
]
