"""The odd layers in Gluon."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from __future__ import annotations

from typing import Any

import mxnet as mx
from mxnet.gluon import nn

from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon import Context, chain, lower
from tests.backends.odd.layers import (
    Cumulative,
    Digits,
    Excite,
    Fixed,
    GainDense,
    Jitter,
    Mixed,
    Pairs,
    Rooted,
    Twice,
)


class Block(nn.HybridBlock):
    """One that may be frozen: it behaves as in evaluation."""

    def __init__(self, frozen: bool = False) -> None:
        super().__init__()
        self.frozen = frozen

    @property
    def training(self) -> bool:
        return mx.autograd.is_training() and not self.frozen

    def state(self, name: str, shape: tuple[int, ...], value: float) -> Any:
        init = mx.init.Constant(value)
        return self.params.get(name, shape=shape, grad_req="null", init=init)


class CumulativeBlock(Block):
    def __init__(self, *shape: int, frozen: bool) -> None:
        super().__init__(frozen)
        self.total = self.state("total", shape, 0.0)
        self.steps = self.state("steps", (1,), 1.0)

    def hybrid_forward(self, F: Any, x: Any, total: Any, steps: Any) -> Any:
        if not self.training:
            return F.broadcast_sub(x, F.broadcast_div(total, steps))
        with mx.autograd.pause():
            self.total.set_data(total + x.mean(axis=0))
            self.steps.set_data(steps + 1)
        return F.identity(x)


@lower.register
def cumulative(layer: Cumulative, node: Placed, ctx: Context) -> Call:
    return call(CumulativeBlock, *node.input_shape, frozen=ctx.frozen)


class FixedBlock(Block):
    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.table = self.state("table", shape, 3.0)

    def hybrid_forward(self, F: Any, x: Any, table: Any) -> Any:
        return F.broadcast_mul(x, table.expand_dims(0))


@lower.register
def fixed(layer: Fixed, node: Placed, ctx: Context) -> Call:
    return call(FixedBlock, *node.input_shape)


class Deep(nn.HybridBlock):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.width = self.params.get("width", shape=(channels,))

    def hybrid_forward(self, F: Any, x: Any, width: Any) -> Any:
        root = F.sqrt(width).reshape((-1, *[1] * (x.ndim - 2)))
        return F.broadcast_mul(x, root.expand_dims(0))


class Inner(nn.HybridBlock):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.deep = Deep(channels)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.deep(x)


class RootedBlock(nn.HybridBlock):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = Inner(channels)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.inner(x)


@lower.register
def rooted(layer: Rooted, node: Placed, ctx: Context) -> Call:
    return call(RootedBlock, node.input_shape[0])


class TwiceBlock(Block):
    """Exact in float64, where MXNet's own BatchNorm holds numbers in float32."""

    def __init__(self, channels: int, eps: float, decay: float, frozen: bool) -> None:
        super().__init__(frozen)
        self.eps, self.decay = eps, decay
        self.weight = self.params.get("weight", shape=(channels,))
        self.bias = self.params.get("bias", shape=(channels,))
        self.running_mean = self.state("running_mean", (channels,), 0.0)
        self.running_var = self.state("running_var", (channels,), 1.0)

    def hybrid_forward(
        self,
        F: Any,
        x: Any,
        weight: Any,
        bias: Any,
        running_mean: Any,
        running_var: Any,
    ) -> Any:
        shape = (1, -1, *[1] * (x.ndim - 2))
        mean, var = running_mean.reshape(shape), running_var.reshape(shape)
        if self.training:
            axes = (0, *range(2, x.ndim))
            mean = x.mean(axis=axes, keepdims=True)
            var = F.broadcast_sub(x, mean).square().mean(axis=axes, keepdims=True)
            self.move(self.running_mean, mean)
            self.move(self.running_var, var)
        root = (var + F.ones_like(var) * self.eps).sqrt()
        z = F.broadcast_div(F.broadcast_sub(x, mean), root)
        scaled = F.broadcast_mul(z, weight.reshape(shape))
        return 2 * F.broadcast_add(scaled, bias.reshape(shape))

    def move(self, held: Any, batch: Any) -> None:
        with mx.autograd.pause():
            old = held.data()
            new = self.decay * old + (1 - self.decay) * batch.reshape(old.shape)
            held.set_data(new)


@lower.register
def twice(layer: Twice, node: Placed, ctx: Context) -> Call:
    return call(TwiceBlock, node.input_shape[0], layer.eps, layer.decay, ctx.frozen)


class GainDenseBlock(nn.HybridBlock):
    def __init__(self, in_units: int, units: int) -> None:
        super().__init__()
        self.weight = self.params.get("weight", shape=(units, in_units))
        self.bias = self.params.get("bias", shape=(units,))
        self.gain = self.params.get("gain", shape=(units,))

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any, gain: Any) -> Any:
        y = F.dot(x, weight, transpose_b=True)
        shape = (*[1] * (x.ndim - 1), -1)
        shifted = F.broadcast_add(y, bias.reshape(shape))
        return F.broadcast_mul(shifted, gain.reshape(shape))


@lower.register
def gain_dense(layer: GainDense, node: Placed, ctx: Context) -> Call:
    return call(GainDenseBlock, node.input_shape[-1], layer.units)


class DigitsBlock(nn.HybridBlock):
    def __init__(self, base: int, dtype: str) -> None:
        super().__init__()
        self.base, self.dtype = base, dtype

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        factors = mx.nd.arange(1, self.base + 1, dtype=self.dtype)
        shape = (*[1] * x.ndim, -1)
        angles = F.broadcast_mul(
            x.astype(self.dtype).expand_dims(-1), factors.reshape(shape)
        )
        return F.sin(angles * 0.1)


@lower.register
def digits(layer: Digits, node: Placed, ctx: Context) -> Call:
    return call(DigitsBlock, layer.base, ctx.dtype)


class JitterBlock(Block):
    def __init__(self, std: float, frozen: bool) -> None:
        super().__init__(frozen)
        self.std = std

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        noise = mx.nd.random.normal(0, self.std, x.shape, dtype=x.dtype)
        return x + noise if self.training else F.identity(x)


@lower.register
def jitter(layer: Jitter, node: Placed, ctx: Context) -> Call:
    return call(JitterBlock, layer.std, ctx.frozen)


class PairsBlock(nn.HybridBlock):
    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x - 2 * F.flip(x, axis=0)


@lower.register
def pairs(layer: Pairs, node: Placed, ctx: Context) -> Call:
    return call(PairsBlock)


class ExciteBlock(nn.HybridBlock):
    def __init__(self, body: nn.HybridBlock) -> None:
        super().__init__()
        self.body = body

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        shape = (0, 0, *[1] * (x.ndim - 2))
        return F.broadcast_mul(x, self.body(x).reshape(shape))


@lower.register
def excite(layer: Excite, node: Placed, ctx: Context) -> Call:
    return call(ExciteBlock, chain(node.branches[0], ctx))


class MixedBlock(nn.HybridSequential):
    def __init__(self, layers: nn.HybridSequential, side: nn.HybridBlock) -> None:
        super().__init__()
        self.add(*layers)
        self.side = side

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        *blocks, side = self._children.values()
        y = x
        for block in blocks:
            y = block(y)
        return y + side(x)


@lower.register
def mixed(layer: Mixed, node: Placed, ctx: Context) -> Call:
    return call(MixedBlock, *(chain(branch, ctx) for branch in node.branches))
