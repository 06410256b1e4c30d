"""BatchNorm, LayerNorm, GroupNorm and InstanceNorm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from netspec import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from tests.kills import tensors as wrong
from tests.kills.bug import bug
from tests.kills.inject import misread, mistaken, patched

STEP = "outputs gradients"


class Norm(NamedTuple):
    """The arguments of `F.batch_norm`."""

    x: Tensor
    mean: Tensor
    var: Tensor
    weight: Tensor
    bias: Tensor
    training: bool
    momentum: float
    eps: float


def batch_norm(change: Callable[[Any, Norm], Any]) -> Any:
    """BatchNorm computes something else; `change` is told its arguments."""

    def called(original: Any, *given: Any) -> Any:
        return change(original, Norm(*given))

    return patched("torch.nn.functional:batch_norm", called)


def layer_norm(change: Callable[..., Any]) -> Any:
    return patched("torch.nn.functional:layer_norm", change)


def group_norm(change: Callable[..., Any]) -> Any:
    return patched("torch.nn.functional:group_norm", change)


def along(vector: Tensor) -> Tensor:
    """Along the channels of an image."""
    return vector.view(-1, 1, 1)


def by_hand(original: Any, norm: Norm, mean: Tensor, root: Tensor) -> Any:
    """``(x - mean) / root``, scaled and shifted; running statistics as they should."""
    original(*norm)
    return (norm.x - mean) / root * along(norm.weight) + along(norm.bias)


def moments(norm: Norm, **how: Any) -> tuple[Tensor, Tensor]:
    if not norm.training:
        return along(norm.mean), along(norm.var)
    var, mean = torch.var_mean(norm.x, (0, 2, 3), keepdim=True, **how)
    return mean, var


def eps_outside(original: Any, norm: Norm) -> Any:
    mean, var = moments(norm, correction=0)
    return by_hand(original, norm, mean, var.sqrt() + norm.eps)


def unbiased(original: Any, norm: Norm) -> Any:
    mean, var = moments(norm, correction=1)
    return by_hand(original, norm, mean, (var + norm.eps).sqrt())


def constant_statistics(original: Any, norm: Norm) -> Any:
    mean, var = (moment.detach() for moment in moments(norm, correction=0))
    return by_hand(original, norm, mean, (var + norm.eps).sqrt())


def constant_variance(original: Any, norm: Norm) -> Any:
    mean, var = moments(norm, correction=0)
    return by_hand(original, norm, mean, (var.detach() + norm.eps).sqrt())


def over_the_batch_alone(original: Any, norm: Norm) -> Any:
    if not norm.training:
        return original(*norm)
    var, mean = torch.var_mean(norm.x, 0, correction=0, keepdim=True)
    return by_hand(original, norm, mean, (var + norm.eps).sqrt())


def float32_moments(original: Any, norm: Norm) -> Any:
    mean, var = moments(norm, correction=0)
    root = (wrong.narrow(var) + norm.eps).sqrt()
    return by_hand(original, norm, wrong.narrow(mean), root)


def moved_in_evaluation(original: Any, norm: Norm) -> Any:
    if norm.training:
        return original(*norm)
    y = original(*norm._replace(mean=norm.mean.clone()))  # which autograd keeps
    with torch.no_grad():
        norm.mean.lerp_(norm.x.mean((0, 2, 3)), norm.momentum)
    return y


def stale(name: str) -> Any:
    """A running statistic that training does not move."""

    def change(original: Any, norm: Norm) -> Any:
        return original(*norm._replace(**{name: getattr(norm, name).clone()}))

    return batch_norm(change)


def with_eps(original: Any, norm: Norm) -> Any:
    """The running variance takes eps in."""
    if norm.training:
        with torch.no_grad():
            norm.var.add_(norm.momentum / (1 - norm.momentum) * norm.eps)
    return original(*norm)


def turned(**changes: Any) -> Any:
    """Other arguments, or functions of what there is."""

    def change(original: Any, norm: Norm) -> Any:
        new = {n: c(getattr(norm, n)) for n, c in changes.items()}
        return original(*norm._replace(**new))

    return batch_norm(change)


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
        "BatchNorm: decay flipped",
        misread(decay=lambda layer: 1 - layer.decay),
        BatchNorm(),
        "state",
    ),
    bug("BatchNorm: decay 0.901 for 0.9", misread(decay=0.901), BatchNorm(), "state"),
    bug(
        "BatchNorm: running variance biased",
        misread(running_variance="biased"),
        BatchNorm(running_variance="unbiased"),
        "state",
    ),
    bug(
        "BatchNorm: running variance unbiased",
        misread(running_variance="unbiased"),
        BatchNorm(running_variance="biased"),
        "state",
    ),
    bug("BatchNorm: eps 1.1e-5 for 1e-5", misread(eps=1.1e-5), BatchNorm(), STEP),
    bug("BatchNorm: eps outside the root", batch_norm(eps_outside), BatchNorm(), STEP),
    bug(
        "BatchNorm: normalizes by the unbiased variance",
        batch_norm(unbiased),
        BatchNorm(),
        STEP,
    ),
    bug(
        "BatchNorm: scale fixed to 1", turned(weight=torch.ones_like), BatchNorm(), STEP
    ),
    bug("BatchNorm: shift ignored", turned(bias=torch.zeros_like), BatchNorm(), STEP),
    bug(
        "BatchNorm: no gradient through its statistics",
        batch_norm(constant_statistics),
        BatchNorm(),
        "gradients",
    ),
    bug(
        "BatchNorm: no gradient through its variance",
        batch_norm(constant_variance),
        BatchNorm(),
        "gradients",
    ),
    bug(
        "BatchNorm: running statistics in training",
        turned(training=lambda t: False),
        BatchNorm(),
        f"{STEP} state",
    ),
    bug(
        "BatchNorm: statistics of the batch in evaluation",
        turned(training=lambda t: True),
        BatchNorm(),
        f"{STEP} state",
    ),
    bug(
        "BatchNorm: statistics over the batch alone",
        batch_norm(over_the_batch_alone),
        BatchNorm(),
        STEP,
    ),
    bug(
        "BatchNorm: statistics rounded to float32",
        batch_norm(float32_moments),
        BatchNorm(),
        STEP,
        dtypes="float64",
    ),
    bug(
        "BatchNorm: running mean moves in evaluation",
        batch_norm(moved_in_evaluation),
        BatchNorm(),
        "state",
    ),
    bug("BatchNorm: running mean stays as it was", stale("mean"), BatchNorm(), "state"),
    bug(
        "BatchNorm: running variance stays as it was",
        stale("var"),
        BatchNorm(),
        "state",
    ),
    bug(
        "BatchNorm: running variance takes eps in",
        batch_norm(with_eps),
        BatchNorm(eps=1e-6),
        "state",
        dtypes="float64",
    ),
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
