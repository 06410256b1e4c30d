"""The layers of a user in Gluon."""

from __future__ import annotations

from typing import Any

from mxnet.gluon import nn

from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon import Context, lower
from tests.backends.custom.layers import Coin, Squash, Undeclared

START = 0.5


def squash(F: Any, x: Any) -> Any:
    return x / (START + F.abs(x))


class SquashBlock(nn.HybridBlock):  # type: ignore[misc]
    """x * weight, squashed, then projected."""

    def __init__(self, width: int, units: int) -> None:
        super().__init__()
        self.weight = self.params.get("weight", shape=(width,))
        self.inner = nn.Dense(units, in_units=width)

    def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
        return self.inner(squash(F, F.broadcast_mul(x, weight)))


@lower.register
def squash_layer(layer: Squash, node: Placed, ctx: Context) -> Call:
    return call(SquashBlock, *node.input_shape, layer.units)


@lower.register
def undeclared(layer: Undeclared, node: Placed, ctx: Context) -> Call:
    return call("mxnet.gluon.nn:PReLU")


def heads(law: Coin) -> Call:
    return call("mxnet:init.Constant", 1.0)
