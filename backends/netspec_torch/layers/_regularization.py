"""Dropout of values, of channels, of examples."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, register


@register
def dropout(layer: L.Dropout, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:Dropout", layer.rate)


@register
def stochastic_depth(layer: L.StochasticDepth, node: Placed, ctx: Context) -> Call:
    # PyTorch has none; torchvision does, which an export would need for this alone
    return call(f"{SUPPORT}.regularization:StochasticDepth", layer.rate)


@register
def channel_dropout(layer: L.ChannelDropout, node: Placed, ctx: Context) -> Call:
    return call(f"torch.nn:Dropout{len(node.input_shape) - 1}d", layer.rate)
