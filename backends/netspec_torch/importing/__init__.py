"""Read modules of PyTorch by `torch.export`: each operation by a rule.

`read` holds the rules; register one for an operation, or for a module of your own,
beside the lowering of the layer that it becomes:

    @read.register("aten.gelu")
    def gelu(call: Call) -> Layer:
        return netspec.GELU(approximate=call["approximate"] == "tanh")
"""

from netspec_torch.importing import layers as layers
from netspec_torch.importing._call import Call as Call
from netspec_torch.importing._reading import reading as reading
from netspec_torch.importing._registry import read as read
