"""BatchNorm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from netspec import BatchNorm
from tests.kills import tensors as wrong
from tests.kills.bug import bug
from tests.kills.inject import misread, patched

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


FROZEN = BatchNorm(statistics="frozen")
OF_BATCH = BatchNorm(statistics="batch")
FORWARD = "netspec_torch.support.normalization:FrozenBatchNorm.forward"


def learning_nothing(original: Any, module: Any, x: Tensor) -> Any:
    """Scale and shift are constants, too."""
    stats = module.running_mean, module.running_var
    learned = module.weight.detach(), module.bias.detach()
    return torch.nn.functional.batch_norm(x, *stats, *learned, eps=module.eps)


def moving(original: Any, module: Any, x: Tensor) -> Any:
    y = original(module, x)
    if module.training:
        module.running_mean = torch.lerp(module.running_mean, x.mean((0, 2, 3)), 0.1)
    return y


def of_one_example(original: Any, norm: Norm) -> Any:
    var, mean = torch.var_mean(norm.x, (2, 3), correction=0, keepdim=True)
    return by_hand(original, norm, mean, (var + norm.eps).sqrt())


BUGS = (
    bug(
        "frozen: statistics of the batch in training",
        misread(statistics="running"),
        FROZEN,
        f"{STEP} state",
    ),
    bug(
        "frozen: scale and shift learn nothing",
        patched(FORWARD, learning_nothing),
        FROZEN,
        "gradients",
    ),
    bug("frozen: the running mean moves", patched(FORWARD, moving), FROZEN, "state"),
    bug(
        "statistics of each example",
        batch_norm(of_one_example),
        OF_BATCH,
        STEP,
    ),
    bug(
        "statistics of the batch are constants in its gradient",
        batch_norm(constant_statistics),
        OF_BATCH,
        "gradients",
    ),
    bug(
        "eps of those of the batch outside the root",
        batch_norm(eps_outside),
        OF_BATCH,
        STEP,
    ),
    bug(
        "decay flipped",
        misread(decay=lambda layer: 1 - layer.decay),
        BatchNorm(),
        "state",
    ),
    bug("decay 0.901 for 0.9", misread(decay=0.901), BatchNorm(), "state"),
    bug(
        "running variance biased",
        misread(running_variance="biased"),
        BatchNorm(running_variance="unbiased"),
        "state",
    ),
    bug(
        "running variance unbiased",
        misread(running_variance="unbiased"),
        BatchNorm(running_variance="biased"),
        "state",
    ),
    bug("eps 1.1e-5 for 1e-5", misread(eps=1.1e-5), BatchNorm(), STEP),
    bug("eps outside the root", batch_norm(eps_outside), BatchNorm(), STEP),
    bug(
        "normalizes by the unbiased variance",
        batch_norm(unbiased),
        BatchNorm(),
        STEP,
    ),
    bug("scale fixed to 1", turned(weight=torch.ones_like), BatchNorm(), STEP),
    bug("shift ignored", turned(bias=torch.zeros_like), BatchNorm(), STEP),
    bug(
        "no gradient through its statistics",
        batch_norm(constant_statistics),
        BatchNorm(),
        "gradients",
    ),
    bug(
        "no gradient through its variance",
        batch_norm(constant_variance),
        BatchNorm(),
        "gradients",
    ),
    bug(
        "running statistics in training",
        turned(training=lambda t: False),
        BatchNorm(),
        f"{STEP} state",
    ),
    bug(
        "statistics of the batch in evaluation",
        turned(training=lambda t: True),
        BatchNorm(),
        f"{STEP} state",
    ),
    bug(
        "statistics over the batch alone",
        batch_norm(over_the_batch_alone),
        BatchNorm(),
        STEP,
    ),
    bug(
        "statistics rounded to float32",
        batch_norm(float32_moments),
        BatchNorm(),
        STEP,
        dtypes="float64",
    ),
    bug(
        "running mean moves in evaluation",
        batch_norm(moved_in_evaluation),
        BatchNorm(),
        "state",
    ),
    bug("running mean stays as it was", stale("mean"), BatchNorm(), "state"),
    bug(
        "running variance stays as it was",
        stale("var"),
        BatchNorm(),
        "state",
    ),
    bug(
        "running variance takes eps in",
        batch_norm(with_eps),
        BatchNorm(eps=1e-6),
        "state",
        dtypes="float64",
    ),
)
