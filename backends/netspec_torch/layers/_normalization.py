"""Normalizations."""

from __future__ import annotations

import math
from dataclasses import replace

from netspec import layers as L
from netspec.errors import BackendError
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register


@register
def batch_norm(layer: L.BatchNorm, node: Placed, ctx: Context) -> Call:
    rank = max(1, len(node.input_shape) - 1)
    native = f"torch.nn:BatchNorm{rank}d"
    common = {"eps": layer.eps, "affine": layer.scale or layer.center}
    channels = node.input_shape[0]
    if layer.statistics == "frozen":  # without eval(), which train() would undo
        made = module(f"{SUPPORT}.normalization:FrozenBatchNorm", channels, **common)
    elif layer.statistics == "batch":
        made = module(native, channels, **common, track_running_stats=False)
    else:
        biased = layer.running_variance == "biased"
        kind = f"{SUPPORT}.normalization:BiasedBatchNorm" if biased else native
        momentum = round(1 - layer.decay, 15)
        made = module(
            kind, channels, eps=layer.eps, momentum=momentum, affine=common["affine"]
        )
    if "momentum" in dict(made.kwargs):
        made = replace(made, comment="momentum: the weight of the new statistics")
    return _enabled(made, layer)


@register
def layer_norm(layer: L.LayerNorm, node: Placed, ctx: Context) -> Call:
    trailing = node.input_shape[-layer.axes :]
    made = module(
        "torch.nn:LayerNorm",
        trailing if layer.axes > 1 else trailing[0],
        eps=layer.eps,
        elementwise_affine=layer.scale or layer.center,
        bias=layer.center or not layer.scale,
    )
    return made if layer.scale else _enabled(made, layer)


@register
def rms_norm(layer: L.RMSNorm, node: Placed, ctx: Context) -> Call:
    trailing = node.input_shape[-layer.axes :]
    return module(
        "torch.nn:RMSNorm",
        trailing if layer.axes > 1 else trailing[0],
        eps=layer.eps,  # by default that of the dtype, 1.2e-7 or 2.2e-16
        elementwise_affine=layer.scale,
    )


@register
def group_norm(layer: L.GroupNorm, node: Placed, ctx: Context) -> Call:
    _need_values(node, layer.groups)
    sizes = (layer.groups, node.input_shape[0])
    if layer.center and not layer.scale:
        return module(
            f"{SUPPORT}.normalization:ShiftedGroupNorm", *sizes, eps=layer.eps
        )
    made = module("torch.nn:GroupNorm", *sizes, eps=layer.eps, affine=layer.scale)
    return _enabled(made, layer)


@register
def instance_norm(layer: L.InstanceNorm, node: Placed, ctx: Context) -> Call:
    channels, *positions = node.input_shape
    _need_values(node, channels)
    made = module(
        f"torch.nn:InstanceNorm{len(positions)}d",
        channels,
        eps=layer.eps,
        affine=layer.scale or layer.center,
    )
    return _enabled(made, layer)


def _enabled(
    made: Call, layer: L.BatchNorm | L.GroupNorm | L.InstanceNorm | L.LayerNorm
) -> Call:
    """Remove the weight or bias that the layer does not enable."""
    if layer.scale == layer.center:
        return made
    return call(
        f"{SUPPORT}.normalization:without", made, "bias" if layer.scale else "weight"
    )


def _need_values(node: Placed, groups: int) -> None:
    if math.prod(node.input_shape) == groups:
        raise BackendError(
            f"{node.path} {type(node.layer).__name__}: PyTorch needs more than one"
            f" value for each group, received inputs of shape {node.input_shape} in"
            f" {groups} groups, whose output would be the bias alone; use GroupNorm"
            " with fewer groups"
        )
