"""The layers of a user in Gluon."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from __future__ import annotations

from typing import Any

import mxnet as mx
from mxnet.gluon import nn

from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon import Context, chain, lower
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


def squash(F: Any, x: Any) -> Any:
    return x / (START + F.abs(x))


class SquashBlock(nn.HybridBlock):
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


class LowRankBlock(nn.HybridBlock):
    """``(x - mean) down^T up^T``, not for symbols: it writes to its running mean."""

    def __init__(
        self, width: int, units: int, rank: int, decay: float, frozen: bool = False
    ) -> None:
        super().__init__()
        self.down = self.params.get("down", shape=(rank, width))
        self.up = self.params.get("up", shape=(units, rank))
        self.running_mean = self.params.get(
            "running_mean", shape=(width,), grad_req="null", init="zeros"
        )
        self.decay = decay
        self.frozen = frozen

    def hybrid_forward(
        self, F: Any, x: Any, down: Any, up: Any, running_mean: Any
    ) -> Any:
        if self.frozen or not mx.autograd.is_training():
            return self.project(F, F.broadcast_sub(x, running_mean), down, up)
        mean = x.mean(axis=0)
        with mx.autograd.pause():
            moved = self.decay * running_mean + (1 - self.decay) * mean
            self.running_mean.set_data(moved)
        return self.project(F, F.broadcast_sub(x, mean), down, up)

    def project(self, F: Any, x: Any, down: Any, up: Any) -> Any:
        return F.dot(F.dot(x, down, transpose_b=True), up, transpose_b=True)


@lower.register
def low_rank(layer: LowRank, node: Placed, ctx: Context) -> Call:
    sizes = *node.input_shape, layer.units, layer.rank
    frozen = {"frozen": True} if ctx.frozen else {}
    return call(LowRankBlock, *sizes, layer.decay, **frozen)


class TemperedBlock(nn.HybridBlock):
    """``x / temperature``."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.temperature = self.params.get("temperature", shape=shape)

    def hybrid_forward(self, F: Any, x: Any, temperature: Any) -> Any:
        return F.broadcast_div(x, temperature.expand_dims(0))


@lower.register
def tempered(layer: Tempered, node: Placed, ctx: Context) -> Call:
    return call(TemperedBlock, *node.input_shape)


class GateBlock(nn.HybridBlock):
    """``body(x) * (1 + gate(x))``."""

    def __init__(self, body: nn.HybridBlock, gate: nn.HybridBlock) -> None:
        super().__init__()
        self.body = body
        self.gate = gate

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.body(x) * (1 + self.gate(x))


@lower.register
def gate(layer: Gate, node: Placed, ctx: Context) -> Call:
    return call(GateBlock, *(chain(branch, ctx) for branch in node.branches))


class AttendBlock(nn.HybridBlock):
    """``x * body(x)``."""

    def __init__(self, body: nn.HybridBlock) -> None:
        super().__init__()
        self.body = body

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x * self.body(x)


@lower.register
def attend(layer: Attend, node: Placed, ctx: Context) -> Call:
    return call(AttendBlock, chain(node.branches[0], ctx))


class BlankBlock(nn.HybridBlock):
    """Blanks values in training, and scales up the others."""

    def __init__(self, rate: float, frozen: bool = False) -> None:
        super().__init__()
        self.rate = rate
        self.frozen = frozen

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        if self.frozen or not mx.autograd.is_training():
            return x
        kept = F.Dropout(F.ones_like(x), p=self.rate) > 1
        return F.where(kept, x / (1 - self.rate), F.zeros_like(x))


@lower.register
def blank(layer: Blank, node: Placed, ctx: Context) -> Call:
    return call(BlankBlock, layer.rate, **({"frozen": True} if ctx.frozen else {}))


class CubeBlock(nn.HybridBlock):
    """``x^3``."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x * x * x


@lower.register
def cube(layer: Cube, node: Placed, ctx: Context) -> Call:
    return call(CubeBlock)
