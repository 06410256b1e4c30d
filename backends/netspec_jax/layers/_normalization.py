"""Normalizations."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._initializers import AFFINE, RUNNING, drawn
from netspec_jax._lowering import Context, made, register


@register
def batch_norm(layer: L.BatchNorm, node: Placed, ctx: Context) -> Call:
    channels, eps = node.input_shape[0], layer.eps
    if layer.statistics == "batch":
        learned = drawn(node, AFFINE)
        return made("normalization:batch_statistics", channels, eps=eps, **learned)
    if layer.statistics == "frozen":
        held = drawn(node, {**AFFINE, **RUNNING})
        return made("normalization:frozen_batch_norm", channels, eps=eps, **held)
    return made(
        "normalization:batch_norm",
        channels,
        decay=layer.decay,
        eps=eps,
        unbiased=layer.running_variance == "unbiased",
        **drawn(node, {**AFFINE, **RUNNING}),
    )


@register
def layer_norm(layer: L.LayerNorm, node: Placed, ctx: Context) -> Call:
    sizes = node.input_shape[-layer.axes :]
    options = drawn(node, AFFINE)
    return made("normalization:layer_norm", *sizes, eps=layer.eps, **options)


@register
def rms_norm(layer: L.RMSNorm, node: Placed, ctx: Context) -> Call:
    sizes = node.input_shape[-layer.axes :]
    options = drawn(node, {"weight": AFFINE["weight"]})
    return made("normalization:rms_norm", *sizes, eps=layer.eps, **options)


@register
def group_norm(layer: L.GroupNorm, node: Placed, ctx: Context) -> Call:
    sizes = layer.groups, node.input_shape[0]
    options = drawn(node, AFFINE)
    return made("normalization:group_norm", *sizes, eps=layer.eps, **options)


@register
def instance_norm(layer: L.InstanceNorm, node: Placed, ctx: Context) -> Call:
    options = drawn(node, AFFINE)
    channels = node.input_shape[0]
    return made("normalization:instance_norm", channels, eps=layer.eps, **options)
