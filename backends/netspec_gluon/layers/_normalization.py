"""Normalizations."""

from __future__ import annotations

import math
from dataclasses import replace

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import (
    NN,
    SUPPORT,
    Context,
    along_channels,
    block,
    ours,
    refusal,
    register,
)

# What MXNet's operators keep in float32, whatever the dtype of the model
FLOAT32_FIELDS = frozenset({(L.BatchNorm, "decay"), (L.LayerNorm, "eps")})

WHY = "momentum (0.9 by default) weighs the old statistics, which move in backward()"


@register
def batch_norm(layer: L.BatchNorm, node: Placed, ctx: Context) -> Call:
    if layer.running_variance == "unbiased":
        raise refusal(
            node,
            "Gluon averages biased variances; use running_variance='biased' or"
            " 'native', which evaluate the same",
        )
    channels, *positions = node.input_shape
    if layer.statistics == "batch":  # nn.BatchNorm evaluates by the running ones
        return ours(
            "normalization:BatchStatisticsNorm",
            along_channels(node),
            epsilon=layer.eps,
            center=layer.center,
            scale=layer.scale,
        )
    frozen = layer.statistics == "frozen"
    rank = len(positions)
    in_blocks = rank in (1, 3) and channels % 8 == 0 and not ctx.double
    made = block(
        f"{SUPPORT}.normalization:BatchNorm{rank}D" if in_blocks else f"{NN}:BatchNorm",
        momentum=0.9 if frozen else layer.decay,  # which then nothing reads
        epsilon=layer.eps,
        center=layer.center,
        scale=layer.scale,
        use_global_stats=frozen or ctx.frozen,
        in_channels=channels,
    )
    return made if frozen else replace(made, comment=WHY)


@register
def layer_norm(layer: L.LayerNorm, node: Placed, ctx: Context) -> Call:
    trailing = node.input_shape[-layer.axes :]
    options = {
        "epsilon": layer.eps,
        "center": layer.center,
        "scale": layer.scale,
        "in_channels": math.prod(trailing),
    }
    if layer.axes == 1:
        return block(f"{NN}:LayerNorm", **options)
    leading = 1 + len(node.input_shape) - len(trailing)
    return ours("normalization:LayerNorm", leading, **options)


@register
def rms_norm(layer: L.RMSNorm, node: Placed, ctx: Context) -> Call:
    trailing = node.input_shape[-layer.axes :]
    options = {"epsilon": layer.eps, "scale": layer.scale}
    return ours("normalization:RMSNorm", *trailing, **options)


@register
def group_norm(layer: L.GroupNorm, node: Placed, ctx: Context) -> Call:
    return _by_groups(layer.groups, layer, node)


@register
def instance_norm(layer: L.InstanceNorm, node: Placed, ctx: Context) -> Call:
    channels = node.input_shape[0]
    if ctx.double:  # nn.InstanceNorm has no float64
        return _by_groups(channels, layer, node)
    return block(
        f"{NN}:InstanceNorm",
        epsilon=layer.eps,
        center=layer.center,
        scale=layer.scale,
        in_channels=channels,
    )


def _by_groups(groups: int, layer: L.GroupNorm | L.InstanceNorm, node: Placed) -> Call:
    return ours(
        "normalization:GroupNorm",
        groups,
        along_channels(node),
        epsilon=layer.eps,
        center=layer.center,
        scale=layer.scale,
    )
