"""Pools."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from netspec import (
    AvgPool2D,
    AvgPool3D,
    GlobalAvgPool2D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    MaxPool2D,
    MaxPool3D,
)
from tests.kills import tensors as wrong
from tests.kills.bug import alone, bug
from tests.kills.inject import misread, mistaken, patched

MAX = "torch.nn.functional:max_pool2d"
AVG = "torch.nn.functional:avg_pool2d"
GLOBAL = "torch.nn.functional:adaptive_avg_pool2d"
PADDED = AvgPool2D(3, stride=2, padding=1)
CEIL = AvgPool2D(3, stride=2, ceil_mode=True)
UNEVEN = MaxPool2D(3, stride=2, padding=((2, 0), (1, 2)))
PARTS = AvgPool2D(3, stride=2, padding=((1, 0), (2, 1)), ceil_mode=True)
VOLUME = (2, 3, 4, 3)


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


def zeros(original: Any, margins: Any, value: float) -> Any:
    return original(margins, 0.0)


def zeros_in_gluon(original: Any, *ends: int, value: float) -> Any:
    return original(*ends)


def undivided_parts(original: Any, pool: Any, x: Tensor) -> Any:
    """Every window divided by its size, and not by what it counts."""
    return pool.pool(F.pad(x, pool.margins))


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
    bug(
        "zeros before a maximum",
        patched("torch.nn:ConstantPad2d", zeros),
        UNEVEN,
        "outputs gradients",
    ),
    bug(
        "zeros in Gluon before a maximum",
        patched(
            "netspec_gluon.support.shape:Pad", lambda pad, *ends, value: pad(*ends)
        ),
        UNEVEN,
        "outputs gradients",
        backend="gluon",
    ),
    bug(
        "half of the window for same with a stride",
        misread(padding=1),
        MaxPool2D(3, stride=2, padding="same"),
        "outputs gradients",
    ),
    bug(
        "dilation of a maximum ignored",
        misread(dilation=1),
        MaxPool2D(3, stride=1, padding="same", dilation=2),
        "outputs gradients",
    ),
    bug(
        "padding of same counted",
        misread(count_include_pad=True),
        AvgPool2D(3, stride=2, padding="same", count_include_pad=False),
        "outputs gradients",
    ),
    bug(
        "windows of uneven padding divided by their size",
        patched("netspec_torch.support.windows:PaddedAvgPool.forward", undivided_parts),
        PARTS,
        "outputs gradients",
    ),
    bug(
        "depth and width of a window swapped",
        misread(kernel_size=(2, 3, 1)),
        alone(MaxPool3D((1, 3, 2), stride=1, padding="same"), VOLUME),
        "outputs gradients",
    ),
    bug(
        "strides of depth and height swapped",
        misread(stride=(2, 1, 1)),
        alone(AvgPool3D(2, stride=(1, 2, 1), padding=1), (2, 4, 4, 3)),
        "outputs gradients",
        raises=True,
    ),
    bug(
        "maximum of each slice for that of a volume",
        patched(
            "torch.nn.functional:adaptive_max_pool3d",
            lambda original, x, *size: original(x[:, :, :1], *size),
        ),
        alone(GlobalMaxPool3D(), VOLUME),
        "outputs gradients",
    ),
)
