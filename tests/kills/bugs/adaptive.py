"""Pools that give a size."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from netspec import AdaptiveAvgPool2D, AdaptiveMaxPool2D
from tests.kills import tensors as wrong
from tests.kills.bug import bug
from tests.kills.inject import misread, mistaken, patched

AVG = "torch.nn.functional:adaptive_avg_pool2d"
MAX = "torch.nn.functional:adaptive_max_pool2d"
STEP = "outputs gradients"
MEANS, MAXIMA = AdaptiveAvgPool2D((3, 4)), AdaptiveMaxPool2D((3, 4))


def of_one_width(original: Any, x: Tensor, size: tuple[int, int]) -> Any:
    """All windows as wide as the last must be, as a pool with a stride has them."""
    stride = [n // m for n, m in zip(x.shape[2:], size, strict=True)]
    axes = zip(x.shape[2:], size, stride, strict=True)
    return F.avg_pool2d(x, [n - (m - 1) * s for n, m, s in axes], stride)


def rounded_down(original: Any, x: Tensor, size: tuple[int, int]) -> Any:
    """A window ends where the next begins."""
    for axis, m in enumerate(size, start=2):
        n = x.shape[axis]
        parts = (
            x.narrow(axis, i * n // m, (i + 1) * n // m - i * n // m) for i in range(m)
        )
        x = torch.cat([part.mean(axis, keepdim=True) for part in parts], axis)
    return x


def averaged_gradient(original: Any, x: Tensor, size: Any, *how: Any) -> Any:
    """The maximum, with the gradient of the mean."""
    return wrong.borrowing(F.adaptive_avg_pool2d(x, size), original(x, size, *how))


BUGS = (
    bug("adaptive mean: windows of one width", patched(AVG, of_one_width), MEANS, STEP),
    bug(
        "adaptive mean: windows do not overlap",
        patched(AVG, rounded_down),
        MEANS,
        STEP,
    ),
    bug(
        "adaptive mean: height and width swapped",
        misread(size=lambda layer: layer.size[::-1]),
        MEANS,
        STEP,
        raises=True,
    ),
    bug(
        "adaptive maximum: the mean",
        mistaken(lambda layer: MEANS),
        MAXIMA,
        STEP,
    ),
    bug(
        "adaptive maximum: gradient of the mean",
        patched(MAX, averaged_gradient),
        MAXIMA,
        "gradients",
    ),
)
