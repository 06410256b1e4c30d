"""The measured nets, written by hand in PyTorch."""

from __future__ import annotations

import torch
from torch import nn

from benchmarks.nets import BLOCKS, DEPTH, WIDTH


class Add(nn.Module):
    """x + body(x), written by hand."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.body(x)
        return y + x


def mlp() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(784, 256),
        nn.BatchNorm1d(256),
        nn.ReLU(),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )


def cnn() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 49, 10),
    )


def residual() -> nn.Sequential:
    blocks = (Add(nn.Sequential(nn.Linear(256, 256), nn.ReLU())) for _ in range(BLOCKS))
    return nn.Sequential(*blocks, nn.Linear(256, 10))


BY_HAND = {"MLP": mlp, "CNN": cnn, "residual MLP": residual}


def deep() -> nn.Sequential:
    """Make 100 layers of 256 units."""
    layers = (m for _ in range(DEPTH) for m in (nn.Linear(WIDTH, WIDTH), nn.ReLU()))
    return nn.Sequential(*layers)
