"""The PyTorch backend: a spec becomes a plain `torch.nn.Sequential`, or its source.

A custom layer works in it once you register a lowering:

    @netspec_torch.lower.register
    def swish(layer: Swish, node: Placed, ctx: Context) -> Call:
        return call(SwishModule, layer.beta)
"""

from importlib.util import find_spec

from netspec_torch import layers as layers
from netspec_torch._initializers import by_law as by_law
from netspec_torch._lowering import Context as Context
from netspec_torch._lowering import chain as chain
from netspec_torch._lowering import lower as lower
from netspec_torch._lowering import module as module
from netspec_torch._program import text as text

if find_spec("torch"):
    from netspec_torch._backend import TorchBackend as TorchBackend

    backend = TorchBackend()
