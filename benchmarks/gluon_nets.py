"""The measured nets, written by hand in Gluon."""

from __future__ import annotations

from typing import Any

import netspec_gluon  # noqa: F401  (first: without it MXNet cannot be imported)
from benchmarks.nets import BLOCKS

# isort: split
from mxnet.gluon import nn


class Add(nn.HybridBlock):  # type: ignore[misc]
    """x + body(x), written by hand."""

    def __init__(self, body: nn.HybridBlock) -> None:
        super().__init__()
        self.body = body

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x + self.body(x)


def mlp() -> nn.HybridSequential:
    net = nn.HybridSequential()
    net.add(
        nn.Dense(256, in_units=784),
        nn.BatchNorm(in_channels=256),
        nn.Activation("relu"),
        nn.Dense(256, activation="relu", in_units=256),
        nn.Dense(10, in_units=256),
    )
    return net


def cnn() -> nn.HybridSequential:
    net = nn.HybridSequential()
    net.add(
        nn.Conv2D(16, kernel_size=3, padding=1, in_channels=1),
        nn.BatchNorm(in_channels=16),
        nn.Activation("relu"),
        nn.MaxPool2D(2),
        nn.Conv2D(32, kernel_size=3, padding=1, in_channels=16),
        nn.BatchNorm(in_channels=32),
        nn.Activation("relu"),
        nn.MaxPool2D(2),
        nn.Flatten(),
        nn.Dense(10, in_units=32 * 49),
    )
    return net


def residual() -> nn.HybridSequential:
    net = nn.HybridSequential()
    for _ in range(BLOCKS):
        net.add(Add(nn.Dense(256, activation="relu", in_units=256)))
    net.add(nn.Dense(10, in_units=256))
    return net


BY_HAND = {"MLP": mlp, "CNN": cnn, "residual MLP": residual}
