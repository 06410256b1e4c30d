"""The layers of a user in PyTorch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch import Context, chain, lower
from tests.backends.custom.layers import (
    Attend,
    Blank,
    Coin,
    Cube,
    Gate,
    LowRank,
    Squash,
    Tempered,
    Undeclared,
)

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


class LowRankModule(nn.Module):
    """``(x - mean) down^T up^T``."""

    running_mean: Tensor

    def __init__(self, width: int, units: int, rank: int, decay: float) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.zeros(rank, width))
        self.up = nn.Parameter(torch.zeros(units, rank))
        self.register_buffer("running_mean", torch.zeros(width))
        self.decay = decay

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return self.project(x - self.running_mean)
        mean = x.mean(0)
        with torch.no_grad():
            self.running_mean.lerp_(mean, 1 - self.decay)
        return self.project(x - mean)

    def project(self, x: Tensor) -> Tensor:
        return x @ self.down.T @ self.up.T


@lower.register
def low_rank(layer: LowRank, node: Placed, ctx: Context) -> Call:
    sizes = *node.input_shape, layer.units, layer.rank
    return call(LowRankModule, *sizes, layer.decay)


class TemperedModule(nn.Module):
    """``x / temperature``."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.temperature = nn.Parameter(torch.ones(shape))

    def forward(self, x: Tensor) -> Tensor:
        return x / self.temperature


@lower.register
def tempered(layer: Tempered, node: Placed, ctx: Context) -> Call:
    return call(TemperedModule, *node.input_shape)


class GateModule(nn.Module):
    """``body(x) * (1 + gate(x))``."""

    def __init__(self, body: nn.Module, gate: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.gate = gate

    def forward(self, x: Tensor) -> Tensor:
        product: Tensor = self.body(x) * (1 + self.gate(x))
        return product


@lower.register
def gate(layer: Gate, node: Placed, ctx: Context) -> Call:
    return call(GateModule, *(chain(branch, ctx) for branch in node.branches))


class AttendModule(nn.Module):
    """``x * body(x)``."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        product: Tensor = x * self.body(x)
        return product


@lower.register
def attend(layer: Attend, node: Placed, ctx: Context) -> Call:
    return call(AttendModule, chain(node.branches[0], ctx))


class BlankModule(nn.Module):
    """Blanks values in training, and scales up the others."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.rate, self.training)


@lower.register
def blank(layer: Blank, node: Placed, ctx: Context) -> Call:
    return call(BlankModule, layer.rate)


class CubeModule(nn.Module):
    """``x^3``."""

    def forward(self, x: Tensor) -> Tensor:
        return x * x * x


@lower.register
def cube(layer: Cube, node: Placed, ctx: Context) -> Call:
    return call(CubeModule)
