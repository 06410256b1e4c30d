"""The ONNX backend: a spec becomes an `onnx.ModelProto` with weights, for evaluation.

A custom layer works in it once you register a lowering:

    @netspec_onnx.lower.register
    def swish(layer: Swish, node: Placed, x: str, to: Writer) -> str:
        scaled = to.op("Mul", x, to.numbers(layer.beta))
        return to.op("Mul", x, to.op("Sigmoid", scaled))
"""

from netspec_onnx import layers as layers
from netspec_onnx._backend import OnnxBackend as OnnxBackend
from netspec_onnx._lowering import chain as chain
from netspec_onnx._lowering import lower as lower
from netspec_onnx._model import OPSET as OPSET
from netspec_onnx._writer import Writer as Writer
from netspec_onnx.layers import FLOAT32 as FLOAT32
from netspec_onnx.layers import REPAIRS as REPAIRS

backend = OnnxBackend()
