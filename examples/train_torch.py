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
    """Train by SGD and cross-entropy.

    Args:
        net: takes a batch of images, gives one logit for each class.
        data: images in the shape that the net takes.
        settings: how to train.
        report: is told of every step and every epoch.

    Returns:
        The same net, in evaluation mode.
    """
    torch.manual_seed(settings.seed)
    train_x, train_y, test_x, test_y = map(torch.from_numpy, data.arrays)
    optimizer = torch.optim.SGD(
        net.parameters(),
        lr=settings.lr,
        momentum=settings.momentum,
        nesterov=settings.momentum > 0,
    )
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
            loss = F.cross_entropy(net(train_x[rows]), train_y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            report.step()
        report.epoch(losses, accuracy(net, test_x, test_y))
    return net


@torch.no_grad()
def accuracy(net: nn.Module, x: Tensor, y: Tensor, batch: int = 1000) -> float:
    """Fraction of images whose largest logit is that of their class."""
    net.eval()
    right = 0
    for images, labels in zip(x.split(batch), y.split(batch), strict=True):
        right += int((net(images).argmax(1) == labels).sum())
    return right / len(y)
