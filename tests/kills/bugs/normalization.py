"""LayerNorm, RMSNorm, GroupNorm and InstanceNorm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from netspec import GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from tests.kills.bug import bug
from tests.kills.inject import misread, mistaken, patched

STEP = "outputs gradients"


def layer_norm(change: Callable[..., Any]) -> Any:
    return patched("torch.nn.functional:layer_norm", change)


def rms_norm(change: Callable[..., Any]) -> Any:
    return patched("torch.nn.functional:rms_norm", change)


def group_norm(change: Callable[..., Any]) -> Any:
    return patched("torch.nn.functional:group_norm", change)


def eps_outside_layer(
    original: Any, x: Tensor, shape: Any, weight: Tensor, bias: Tensor, eps: float
) -> Any:
    var, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
    return (x - mean) / (var.sqrt() + eps) * weight + bias


def unbiased_layer(
    original: Any, x: Tensor, shape: Any, weight: Tensor, bias: Tensor, eps: float
) -> Any:
    var, mean = torch.var_mean(x, -1, keepdim=True)
    return (x - mean) / (var + eps).sqrt() * weight + bias


def over_all_axes(
    original: Any, x: Tensor, shape: Any, weight: Tensor, bias: Tensor, eps: float
) -> Any:
    return original(x, x.shape[1:], None, None, eps) * weight + bias


def over_the_channels(
    original: Any, x: Tensor, shape: Any, weight: Tensor, bias: Tensor, eps: float
) -> Any:
    y = original(x.movedim(1, -1), x.shape[1:2], None, None, eps)
    return y.movedim(-1, 1) * weight + bias


def centered(original: Any, x: Tensor, *rest: Any) -> Any:
    """A mean is subtracted, as by LayerNorm."""
    return original(x - x.mean(-1, keepdim=True), *rest)


def eps_outside_rms(
    original: Any, x: Tensor, shape: Any, weight: Tensor, eps: float
) -> Any:
    return x / (x.square().mean(-1, keepdim=True).sqrt() + eps) * weight


def one_plus_weight(
    original: Any, x: Tensor, shape: Any, weight: Tensor, eps: float
) -> Any:
    """As Gemma keeps its weights."""
    return original(x, shape, 1 + weight, eps)


def unbiased_square(
    original: Any, x: Tensor, shape: Any, weight: Tensor, eps: float
) -> Any:
    """The sum of squares divided by n - 1."""
    share = (shape[-1] / (shape[-1] - 1)) ** 0.5
    return original(x, shape, weight, eps / share**2) / share


def affine_per_group(
    original: Any, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float
) -> Any:
    """All channels of a group have the scale of its first one, as in Gluon."""
    size = len(weight) // groups
    first = (v[::size].repeat_interleave(size) for v in (weight, bias))
    return original(x, groups, *first, eps)


def groups_interleaved(
    original: Any, x: Tensor, groups: int, weight: Tensor, bias: Tensor, eps: float
) -> Any:
    """Group 0 is channels 0, 2, ..."""
    order = torch.arange(len(weight)).view(-1, groups).T.flatten()
    y = original(x[:, order], groups, weight[order], bias[order], eps)
    return y[:, order.argsort()]


BUGS = (
    bug(
        "LayerNorm: eps outside the root",
        layer_norm(eps_outside_layer),
        LayerNorm(),
        STEP,
    ),
    bug("LayerNorm: eps 1.1e-5 for 1e-5", misread(eps=1.1e-5), LayerNorm(), STEP),
    bug("LayerNorm: unbiased variance", layer_norm(unbiased_layer), LayerNorm(), STEP),
    bug("LayerNorm: over all axes", layer_norm(over_all_axes), LayerNorm(), STEP),
    bug(
        "LayerNorm: over the channels", layer_norm(over_the_channels), LayerNorm(), STEP
    ),
    bug("RMSNorm: as LayerNorm", rms_norm(centered), RMSNorm(), STEP),
    bug("RMSNorm: eps outside the root", rms_norm(eps_outside_rms), RMSNorm(), STEP),
    bug("RMSNorm: eps 1.1e-6 for 1e-6", misread(eps=1.1e-6), RMSNorm(), STEP),
    bug("RMSNorm: 1 + weight", rms_norm(one_plus_weight), RMSNorm(), STEP),
    bug("RMSNorm: divided by n - 1", rms_norm(unbiased_square), RMSNorm(), STEP),
    bug(
        "RMSNorm: over one axis of two",
        misread(axes=1),
        RMSNorm(scale=False, axes=2),
        STEP,
    ),
    bug("GroupNorm: as one group", misread(groups=1), GroupNorm(2), STEP),
    bug(
        "GroupNorm: scale and shift for each group",
        group_norm(affine_per_group),
        GroupNorm(2),
        STEP,
    ),
    bug(
        "GroupNorm: channels of groups interleaved",
        group_norm(groups_interleaved),
        GroupNorm(2),
        STEP,
    ),
    bug(
        "InstanceNorm: as GroupNorm(1)",
        mistaken(lambda layer: GroupNorm(1)),
        InstanceNorm(),
        STEP,
    ),
    bug("InstanceNorm: eps 1.1e-5 for 1e-5", misread(eps=1.1e-5), InstanceNorm(), STEP),
)
