"""Training as any PyTorch script does it: nothing here knows about netspec."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from data import Dataset
from training import Report, Settings


def train(
    net: nn.Sequential, data: Dataset, settings: Settings, report: Report
) -> nn.Sequential:
    """Train by SGD or Adam, and cross-entropy.

    Args:
        net: takes a batch of images, gives one logit for each class; or of windows of
            text, then for each token.
        data: examples in the shape that the net takes.
        settings: how to train.
        report: is told of every step and every epoch.

    Returns:
        The same net, in evaluation mode.
    """
    torch.manual_seed(settings.seed)
    train_x, train_y, test_x, test_y = map(torch.from_numpy, data.arrays)
    optimizer = make_optimizer(net, settings)
    schedule = torch.optim.lr_scheduler.LinearLR(
        optimizer,
        start_factor=1,
        end_factor=settings.end_factor,
        total_iters=settings.epochs * settings.steps(len(train_x)),
    )
    for batches in settings.epochs_of_batches(len(train_x)):
        net.train()
        losses = []
        for rows in torch.from_numpy(batches):
            logits = net(train_x[rows]).flatten(0, -2)
            loss = F.cross_entropy(logits, train_y[rows].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            report.step()
        report.epoch(losses, accuracy(net, test_x, test_y))
    return net


def make_optimizer(net: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    """Make Adam, or SGD."""
    if settings.adam:
        return torch.optim.Adam(net.parameters(), lr=settings.lr)
    return torch.optim.SGD(
        net.parameters(),
        lr=settings.lr,
        momentum=settings.momentum,
        nesterov=settings.momentum > 0,
    )


@torch.no_grad()
def accuracy(net: nn.Module, x: Tensor, y: Tensor, batch: int = 1000) -> float:
    """Fraction of labels with the largest logit."""
    net.eval()
    right = 0
    for images, labels in zip(x.split(batch), y.split(batch), strict=True):
        right += int((net(images).argmax(-1) == labels).sum())
    return right / y.numel()
