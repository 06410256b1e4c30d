"""Read files of ONNX: each operation by a rule.

`rule` registers one for an operation, beside the lowering of the layer that it becomes:

    @rule("Gelu")
    def gelu(call: Call) -> Layer:
        return netspec.GELU(approximate=call.text("approximate", "none") == "tanh")
"""

from netspec_onnx.importing import layers as layers
from netspec_onnx.importing._call import Call as Call
from netspec_onnx.importing._call import rule as rule
from netspec_onnx.importing._reading import reading as reading
