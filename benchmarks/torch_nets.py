"""The measured nets, written by hand in PyTorch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
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


class Attention(nn.Module):
    """Attention of 8 heads, written by hand, with one matrix for all it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = nn.Linear(512, 3 * 512)
        self.output = nn.Linear(512, 512)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        heads = self.reads(x).unflatten(-1, (3, 8, 64)).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(*heads)
        out: torch.Tensor = self.output(y.transpose(1, 2).flatten(2))
        return out


BY_HAND = {"MLP": mlp, "CNN": cnn, "residual MLP": residual}


def deep() -> nn.Sequential:
    """Make 100 layers of 256 units."""
    layers = (m for _ in range(DEPTH) for m in (nn.Linear(WIDTH, WIDTH), nn.ReLU()))
    return nn.Sequential(*layers)
