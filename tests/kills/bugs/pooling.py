"""Pools."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from netspec import AvgPool2D, GlobalAvgPool2D, GlobalMaxPool2D, MaxPool2D
from tests.kills import tensors as wrong
from tests.kills.bug import bug
from tests.kills.inject import misread, mistaken, patched

MAX = "torch.nn.functional:max_pool2d"
AVG = "torch.nn.functional:avg_pool2d"
GLOBAL = "torch.nn.functional:adaptive_avg_pool2d"
PADDED = AvgPool2D(3, stride=2, padding=1)
CEIL = AvgPool2D(3, stride=2, ceil_mode=True)


def padded_with_zero(
    original: Any,
    x: Tensor,
    kernel: Any,
    stride: Any,
    padding: int,
    *_: Any,
    **how: Any,
) -> Any:
    return original(F.pad(x, (padding,) * 4), kernel, stride, **how)


def averaged_gradient(
    original: Any, x: Tensor, kernel: Any, *rest: Any, **how: Any
) -> Any:
    """The maximum, with the gradient of the mean."""
    y = original(x.detach(), kernel, *rest, **how)
    return wrong.borrowing(F.avg_pool2d(x, kernel), y)


def whole_windows(original: Any, x: Tensor, kernel: int, stride: int, *_: Any) -> Any:
    """The last window, which is not full, is divided as if it were."""
    height, width = ((stride - (n - kernel) % stride) % stride for n in x.shape[2:])
    return original(F.pad(x, (0, width, 0, height)), kernel, stride)


def summed(original: Any, x: Tensor, *size: Any) -> Any:
    return x.sum((2, 3), keepdim=True)


def undivided(original: Any, x: Tensor, *size: Any) -> Any:
    """The gradient of a sum."""
    return original(wrong.hooked(x, wrong.times(x[0, 0].numel())), *size)


BUGS = (
    bug(
        "padding of the maximum is 0",
        patched(MAX, padded_with_zero),
        MaxPool2D(3, stride=2, padding=1),
        "outputs gradients",
    ),
    bug(
        "gradient of the maximum shared by its window",
        patched(MAX, averaged_gradient),
        MaxPool2D(2),
        "gradients",
    ),
    bug(
        "mean for maximum",
        mistaken(lambda layer: AvgPool2D(2)),
        MaxPool2D(2),
        "outputs gradients",
    ),
    bug(
        "stride 1 for none",
        misread(stride=1),
        MaxPool2D((3, 2)),
        "outputs gradients",
        raises=True,
    ),
    bug(
        "kernel's height and width swapped",
        misread(kernel_size=(2, 3), stride=2),
        MaxPool2D((3, 2), stride=2),
        "outputs gradients",
        raises=True,
    ),
    bug(
        "maximum without ceil_mode",
        misread(ceil_mode=False),
        MaxPool2D(3, stride=2, ceil_mode=True),
        "outputs gradients",
        raises=True,
    ),
    bug(
        "padding not counted",
        misread(count_include_pad=False),
        PADDED,
        "outputs gradients",
    ),
    bug(
        "padding counted",
        misread(count_include_pad=True),
        AvgPool2D(3, stride=2, padding=1, count_include_pad=False),
        "outputs gradients",
    ),
    bug(
        "mean without ceil_mode",
        misread(ceil_mode=False),
        CEIL,
        "outputs gradients",
        raises=True,
    ),
    bug(
        "a window that is not full divided as if it were",
        patched(AVG, whole_windows),
        CEIL,
        "outputs gradients",
    ),
    bug(
        "global mean is a sum",
        patched(GLOBAL, summed),
        GlobalAvgPool2D(),
        "outputs gradients",
    ),
    bug(
        "gradient of the global mean not divided",
        patched(GLOBAL, undivided),
        GlobalAvgPool2D(),
        "gradients",
    ),
    bug(
        "global mean for global maximum",
        mistaken(lambda layer: GlobalAvgPool2D()),
        GlobalMaxPool2D(),
        "outputs gradients",
    ),
)
