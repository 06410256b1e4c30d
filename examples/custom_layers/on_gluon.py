"""The layers in Gluon: hybrid blocks, and the lowering to them."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn

import netspec_gluon
from custom_layers.declared import CenteredLayer, MyDense
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon import Context


class Centered(nn.HybridBlock):
    """``x - x.mean()``."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.broadcast_sub(x, F.mean(x, keepdims=True))


class ReLUDense(nn.HybridBlock):
    """``relu(x @ weight + bias)``."""

    def __init__(self, in_units: int, units: int) -> None:
        super().__init__()
        self.weight = self.params.get("weight", shape=(in_units, units))
        self.bias = self.params.get("bias", shape=(units,))

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any) -> Any:
        return F.relu(F.broadcast_add(F.dot(x, weight), bias))


@netspec_gluon.lower.register
def _centered(layer: CenteredLayer, node: Placed, ctx: Context) -> Call:
    return call(Centered)


@netspec_gluon.lower.register
def _my_dense(layer: MyDense, node: Placed, ctx: Context) -> Call:
    return call(ReLUDense, node.input_shape[-1], layer.units)
