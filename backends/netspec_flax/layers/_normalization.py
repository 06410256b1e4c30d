"""Normalizations."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Expr
from netspec.spec import Placed
from netspec_flax._initializers import AFFINE, RUNNING, drawn
from netspec_flax._lowering import Context, module, our_module, register

OURS = "normalization"
EXACT: dict[str, Expr] = {"use_fast_variance": False}  # E[x^2] - E[x]^2 cancels


@register
def batch_norm(layer: L.BatchNorm, node: Placed, ctx: Context) -> Call:
    channels, running = node.input_shape[0], drawn(node, RUNNING)
    own = {"epsilon": layer.eps, **_affine(node), **running}
    if layer.statistics == "batch":
        return our_module(f"{OURS}:BatchStatistics", ctx, channels, **own)
    if layer.statistics == "frozen":
        return our_module(f"{OURS}:FrozenBatchNorm", ctx, channels, **own)
    how: dict[str, Expr] = {"momentum": layer.decay, **own, **EXACT}
    if layer.running_variance == "unbiased":
        return our_module(f"{OURS}:UnbiasedBatchNorm", ctx, channels, **how)
    if running or ctx.dtype == "float64":
        return our_module(f"{OURS}:BatchNorm", ctx, channels, **how)
    return module("flax.nnx:BatchNorm", ctx, channels, **how)


@register
def layer_norm(layer: L.LayerNorm, node: Placed, ctx: Context) -> Call:
    sizes, own = node.input_shape[-layer.axes :], {"epsilon": layer.eps}
    if layer.axes > 1:
        return our_module(f"{OURS}:LayerNorm", ctx, *sizes, **own, **_affine(node))
    return module("flax.nnx:LayerNorm", ctx, *sizes, **own, **EXACT, **_affine(node))


@register
def rms_norm(layer: L.RMSNorm, node: Placed, ctx: Context) -> Call:
    sizes, own = node.input_shape[-layer.axes :], {"epsilon": layer.eps}
    if layer.axes > 1:
        return our_module(f"{OURS}:RMSNorm", ctx, *sizes, **own, **_affine(node))
    how = {name: v for name, v in _affine(node).items() if name != "use_bias"}
    return module("flax.nnx:RMSNorm", ctx, *sizes, **own, **how)


@register
def group_norm(layer: L.GroupNorm, node: Placed, ctx: Context) -> Call:
    how = {"epsilon": layer.eps, **EXACT, **_affine(node)}
    channels = node.input_shape[0]
    return module("flax.nnx:GroupNorm", ctx, channels, num_groups=layer.groups, **how)


@register
def instance_norm(layer: L.InstanceNorm, node: Placed, ctx: Context) -> Call:
    how = {"epsilon": layer.eps, **EXACT, **_affine(node)}
    return module("flax.nnx:InstanceNorm", ctx, node.input_shape[0], **how)


def _affine(node: Placed) -> dict[str, Expr]:
    """Say what of scale and bias there is, and what draws it."""
    left_out = {
        option: False
        for name, option in (("weight", "use_scale"), ("bias", "use_bias"))
        if name not in node.parameters
    }
    return {**left_out, **drawn(node, AFFINE)}
