"""Training by `torch.optim`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netspec.contract import Loss, Optimizer

LOSSES: dict[Loss, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": F.mse_loss,
    "cross_entropy": F.cross_entropy,
}


def to_torch(
    optimizer: Optimizer, params: Iterable[nn.Parameter]
) -> torch.optim.Optimizer:
    """Make PyTorch's optimizer, whose learning rate is set at each step."""
    decay = optimizer.weight_decay
    if optimizer.method == "sgd":
        momentum = optimizer.momentum
        return torch.optim.SGD(params, momentum=momentum, weight_decay=decay)
    betas = optimizer.beta1, optimizer.beta2
    return torch.optim.Adam(params, betas=betas, eps=optimizer.eps, weight_decay=decay)


def train(
    model: nn.Module,
    xs: Tensor,
    ys: Tensor,
    optimizer: torch.optim.Optimizer,
    loss: Callable[[Tensor, Tensor], Tensor],
    rates: Iterable[float],
) -> Iterator[Tensor]:
    """Train in place, as any script does; yields the loss of each step."""
    for x, y, rate in zip(xs, ys, rates, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        value = loss(model(x), y)
        value.backward()
        optimizer.step()
        yield value.detach()
