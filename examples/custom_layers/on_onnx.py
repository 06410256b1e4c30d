"""The layers in ONNX: the nodes that compute them."""

import netspec_onnx
from custom_layers.declared import CenteredLayer, MyDense
from netspec.spec import Placed
from netspec_onnx import Writer


@netspec_onnx.lower.register
def _centered(layer: CenteredLayer, node: Placed, x: str, to: Writer) -> str:
    return to.op("Sub", x, to.op("ReduceMean", x))


@netspec_onnx.lower.register
def _my_dense(layer: MyDense, node: Placed, x: str, to: Writer) -> str:
    product = to.op("MatMul", x, to.param(node, "weight"))
    return to.op("Relu", to.op("Add", product, to.param(node, "bias")))
