"""Normalizations, channels last where there are channels."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, Expr, call, one
from netspec.spec import Placed
from netspec_keras._initializers import AFFINE, RUNNING, drawn
from netspec_keras._lowering import Context, native, ours, register

FEW = (
    "the variance of so few values may be tiny: Keras's own cancels, as it computes"
    " x * inv - mean * inv"
)


@register
def batch_norm(layer: L.BatchNorm, node: Placed, ctx: Context) -> Call:
    parts = {"center": layer.center, "scale": layer.scale}
    if layer.statistics == "batch":
        own = drawn(node, AFFINE)
        return ours("normalization:BatchStatistics", layer.eps, **parts, **own)
    own = drawn(node, {**AFFINE, **RUNNING})
    if layer.statistics == "frozen":
        return ours("normalization:FrozenBatchNorm", epsilon=layer.eps, **parts, **own)
    numbers = {"momentum": layer.decay, "epsilon": layer.eps}
    if layer.running_variance == "unbiased":
        return ours("normalization:UnbiasedBatchNorm", **numbers, **parts, **own)
    return native("BatchNormalization", **numbers, **parts, **own)


@register
def layer_norm(layer: L.LayerNorm, node: Placed, ctx: Context) -> Call:
    axes = tuple(range(-layer.axes, 0))
    return native(
        "LayerNormalization",
        axis=one(axes),
        epsilon=layer.eps,
        center=layer.center,
        scale=layer.scale,
        **drawn(node, AFFINE),
    )


@register
def rms_norm(layer: L.RMSNorm, node: Placed, ctx: Context) -> Call:
    own = drawn(node, {"weight": ("initializer", "ones")})
    if layer.axes == 1 and layer.scale and not own:
        return call("keras.layers:RMSNormalization", epsilon=layer.eps)
    axes: Expr = tuple(range(-layer.axes, 0))
    sizes = {"axes": axes, "epsilon": layer.eps, "scale": layer.scale}
    return ours("normalization:RMSNorm", **sizes, **own)


@register
def group_norm(layer: L.GroupNorm, node: Placed, ctx: Context) -> Call:
    return _grouped(layer.groups, layer, node)


@register
def instance_norm(layer: L.InstanceNorm, node: Placed, ctx: Context) -> Call:
    return _grouped(-1, layer, node)


def _grouped(groups: int, layer: L.GroupNorm | L.InstanceNorm, node: Placed) -> Call:
    options = {
        "epsilon": layer.eps,
        "center": layer.center,
        "scale": layer.scale,
        **drawn(node, AFFINE),
    }
    if len(node.input_shape) > 1:
        return native("GroupNormalization", groups=groups, **options)
    made = ours("normalization:ExactGroupNorm", groups=groups, **options)
    return replace(made, comment=FEW)


@register
def local_response(layer: L.LocalResponseNorm, node: Placed, ctx: Context) -> Call:
    return ours(
        "normalization:LocalResponseNorm",
        layer.size,
        alpha=layer.alpha,
        beta=layer.beta,
        k=layer.k,
    )
