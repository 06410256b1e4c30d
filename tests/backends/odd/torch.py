"""The odd layers in PyTorch."""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import torch
from torch import Tensor, nn

from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch import Context, chain, lower
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


class CumulativeModule(nn.Module):
    total: Tensor
    steps: Tensor

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(shape))
        self.register_buffer("steps", torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x - self.total / self.steps
        with torch.no_grad():
            self.total += x.mean(0)
            self.steps += 1
        return x


@lower.register
def cumulative(layer: Cumulative, node: Placed, ctx: Context) -> Call:
    return call(CumulativeModule, *node.input_shape)


class FixedModule(nn.Module):
    table: Tensor

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.register_buffer("table", torch.full(shape, 3.0))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.table


@lower.register
def fixed(layer: Fixed, node: Placed, ctx: Context) -> Call:
    return call(FixedModule, *node.input_shape)


class Deep(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.width = nn.Parameter(torch.ones(channels))


class Inner(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.deep = Deep(channels)


class RootedModule(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = Inner(channels)

    def forward(self, x: Tensor) -> Tensor:
        root = self.inner.deep.width.sqrt()
        return x * root.reshape(-1, *[1] * (x.dim() - 2))


@lower.register
def rooted(layer: Rooted, node: Placed, ctx: Context) -> Call:
    return call(RootedModule, node.input_shape[0])


class TwiceModule(nn.BatchNorm2d):
    def forward(self, x: Tensor) -> Tensor:
        return 2 * super().forward(x)


@lower.register
def twice(layer: Twice, node: Placed, ctx: Context) -> Call:
    return call(TwiceModule, node.input_shape[0], layer.eps, 1 - layer.decay)


class GainDenseModule(nn.Linear):
    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features)
        self.gain = nn.Parameter(torch.ones(out_features))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * self.gain


@lower.register
def gain_dense(layer: GainDense, node: Placed, ctx: Context) -> Call:
    return call(GainDenseModule, node.input_shape[-1], layer.units)


class DigitsModule(nn.Module):
    def __init__(self, base: int, dtype: str) -> None:
        super().__init__()
        self.base = base
        self.dtype = torch.float64 if dtype == "float64" else torch.float32

    def forward(self, x: Tensor) -> Tensor:
        factors = torch.arange(1, self.base + 1, dtype=self.dtype)
        return torch.sin(x[..., None] * factors * 0.1)


@lower.register
def digits(layer: Digits, node: Placed, ctx: Context) -> Call:
    return call(DigitsModule, layer.base, ctx.dtype)


class JitterModule(nn.Module):
    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x


@lower.register
def jitter(layer: Jitter, node: Placed, ctx: Context) -> Call:
    return call(JitterModule, layer.std)


class PairsModule(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x - 2 * x.flip(0)


@lower.register
def pairs(layer: Pairs, node: Placed, ctx: Context) -> Call:
    return call(PairsModule)


class ExciteModule(nn.Module):
    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        factor = self.body(x)
        return x * factor.reshape(*factor.shape, *[1] * (x.dim() - 2))


@lower.register
def excite(layer: Excite, node: Placed, ctx: Context) -> Call:
    return call(ExciteModule, chain(node.branches[0], ctx))


class MixedModule(nn.Sequential):
    def __init__(self, layers: nn.Sequential, side: nn.Module) -> None:
        super().__init__(*layers)
        self.side = side
        self.count = len(layers)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for index in range(self.count):
            y = self[index](y)
        return y + self.side(x)


@lower.register
def mixed(layer: Mixed, node: Placed, ctx: Context) -> Call:
    return call(MixedModule, *(chain(branch, ctx) for branch in node.branches))
