"""The layers of a user in PyTorch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch import Context, lower
from tests.backends.custom.layers import Coin, Squash, Undeclared

START = 0.5


def squash(x: Tensor) -> Tensor:
    return x / (START + x.abs())


class SquashModule(nn.Module):
    """x * weight, squashed, then projected."""

    def __init__(self, width: int, units: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(width))
        self.inner = nn.Linear(width, units)

    def forward(self, x: Tensor) -> Tensor:
        projected: Tensor = self.inner(squash(x * self.weight))
        return projected


@lower.register
def squash_layer(layer: Squash, node: Placed, ctx: Context) -> Call:
    return call(SquashModule, *node.input_shape, layer.units)


@lower.register
def undeclared(layer: Undeclared, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:PReLU")


def heads(law: Coin) -> Call:
    return call("torch.nn.init:constant_", 1.0)
