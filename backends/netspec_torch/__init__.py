"""The PyTorch backend: a spec becomes a plain `torch.nn.Sequential`, or its source.

A layer of your own works in it once you register a lowering:

    @netspec_torch.lower.register
    def swish(layer: Swish, node: Node, ctx: Context) -> Call:
        return call(SwishModule, layer.beta)
"""

from netspec_torch import layers
from netspec_torch.initializers import by_law
from netspec_torch.lowering import Context, chain, lower, module
from netspec_torch.runtime import TorchBackend

backend = TorchBackend()

__all__ = [
    "Context",
    "TorchBackend",
    "backend",
    "by_law",
    "chain",
    "layers",
    "lower",
    "module",
]
