"""What a family lists of each architecture, and the pieces that many have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn


@dataclass(frozen=True)
class Net:
    """An architecture.

    Attributes:
        build: makes it.
        shape: of one example.
        rounds: why the import rounds otherwise than the module; empty where it gives
            the same bits.
        vocabulary: how many words there are, where the input is indices.
    """

    build: Callable[[], nn.Module]
    shape: tuple[int, ...]
    rounds: str = ""
    vocabulary: int = 0


def conv_norm(
    before: int,
    after: int,
    kernel: int = 3,
    stride: int = 1,
    groups: int = 1,
    activation: Callable[[], nn.Module] | None = nn.ReLU,
) -> nn.Sequential:
    """A convolution, its BatchNorm, and a function if there is one."""
    conv = nn.Conv2d(
        before, after, kernel, stride, kernel // 2, groups=groups, bias=False
    )
    last = [] if activation is None else [activation()]
    return nn.Sequential(conv, nn.BatchNorm2d(after), *last)
