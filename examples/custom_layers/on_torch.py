"""The layers in PyTorch: modules, and the lowering to them."""

import torch
from torch import Tensor, nn

import netspec_torch
from custom_layers.declared import CenteredLayer, MyDense
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch import Context


class Centered(nn.Module):
    """``x - x.mean()``."""

    def forward(self, x: Tensor) -> Tensor:
        return x - x.mean()


class ReLUDense(nn.Module):
    """``relu(x @ weight + bias)``."""

    def __init__(self, in_units: int, units: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(in_units, units))
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x @ self.weight + self.bias)


@netspec_torch.lower.register
def _centered(layer: CenteredLayer, node: Placed, ctx: Context) -> Call:
    return call(Centered)


@netspec_torch.lower.register
def _my_dense(layer: MyDense, node: Placed, ctx: Context) -> Call:
    return call(ReLUDense, node.input_shape[-1], layer.units)
