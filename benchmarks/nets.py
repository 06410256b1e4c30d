"""The nets that are measured: as specs, and as one writes them by hand in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

import netspec as ns

BLOCKS = 20
DEPTH, WIDTH = 100, 256


class Add(nn.Module):
    """x + body(x), as one writes it by hand."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x) + x


@dataclass(frozen=True)
class Pair:
    """A net in both forms, and the batches that it is measured at."""

    spec: ns.Spec
    by_hand: Callable[[], nn.Sequential]
    batches: tuple[int, ...]


def _mlp() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(784, 256),
        nn.BatchNorm1d(256),
        nn.ReLU(),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )


def _cnn() -> nn.Sequential:
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


def _residual() -> nn.Sequential:
    blocks = (Add(nn.Sequential(nn.Linear(256, 256), nn.ReLU())) for _ in range(BLOCKS))
    return nn.Sequential(*blocks, nn.Linear(256, 10))


def _stage(channels: int) -> list[ns.Layer]:
    return [
        ns.Conv2D(channels, kernel_size=3, padding=1),
        ns.BatchNorm(),
        ns.ReLU(),
        ns.MaxPool2D(2),
    ]


PAIRS = {
    "MLP": Pair(
        ns.Spec(
            "mlp",
            (784,),
            [
                ns.Dense(256),
                ns.BatchNorm(),
                ns.ReLU(),
                ns.Dense(256),
                ns.ReLU(),
                ns.Dense(10),
            ],
        ),
        _mlp,
        (1, 64, 1024),
    ),
    "CNN": Pair(
        ns.Spec(
            "cnn", (1, 28, 28), [*_stage(16), *_stage(32), ns.Flatten(), ns.Dense(10)]
        ),
        _cnn,
        (1, 64),
    ),
    "residual MLP": Pair(
        ns.Spec(
            "residual",
            (256,),
            [
                *(ns.Residual([ns.Dense(256), ns.ReLU()]) for _ in range(BLOCKS)),
                ns.Dense(10),
            ],
        ),
        _residual,
        (1, 64),
    ),
}


def deep_spec() -> ns.Spec:
    """100 layers of 256, from nothing, with the law that nn.Linear draws from."""
    layers = [layer for _ in range(DEPTH) for layer in (ns.Dense(WIDTH), ns.ReLU())]
    return ns.Spec("deep", (WIDTH,), layers, init="torch")


def deep_by_hand() -> nn.Sequential:
    """The same, by hand."""
    layers = (m for _ in range(DEPTH) for m in (nn.Linear(WIDTH, WIDTH), nn.ReLU()))
    return nn.Sequential(*layers)
