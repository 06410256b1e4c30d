"""Layers that keep a part of the values, change their places, or reduce axes."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from netspec import (
    ChannelShuffle,
    Crop2D,
    Pad2D,
    Pad3D,
    PixelShuffle,
    PixelUnshuffle,
    Reduce,
    Roll,
    Select,
    Slice,
)
from tests.kills.bug import alone, bug
from tests.kills.bugs.containers import STEP, moved
from tests.kills.inject import patched

SUPPORT = "netspec_torch.support"
SQUARE = (4, 6, 6)


def given(target: str, change: Any) -> Any:
    """A module reads something else."""
    return patched(target, lambda original, module, x: original(module, change(x)))


def reduced(function: Any) -> Any:
    """Axes are reduced by another function."""

    def forward(module: Any, x: Tensor) -> Any:
        return function(x, module.dims)

    return moved(f"{SUPPORT}.shape:Reduce.forward", forward)


def ends_exchanged(module: Any, x: Tensor) -> Tensor:
    left, right, top, bottom = module.padding
    return F.pad(x, (right, left, bottom, top))


def rows_for_columns(module: Any, x: Tensor) -> Tensor:
    left, right, top, bottom = module.padding
    return F.pad(x, (top, bottom, left, right))


def dcr(module: Any, x: Tensor) -> Any:
    """ONNX's default, and that of MXNet's depth_to_space."""
    r = module.upscale_factor
    return F.pixel_shuffle(x.unflatten(1, (r * r, -1)).transpose(1, 2).flatten(1, 2), r)


def undone_dcr(module: Any, x: Tensor) -> Any:
    r = module.downscale_factor
    y = F.pixel_unshuffle(x, r)
    return y.unflatten(1, (-1, r * r)).transpose(1, 2).flatten(1, 2)


def pattern_turned(module: Any, x: Tensor) -> Tensor:
    return F.pixel_shuffle(x.mT, module.upscale_factor).mT


def inverse(module: Any, x: Tensor) -> Tensor:
    return F.channel_shuffle(x, x.shape[1] // module.groups)


BUGS = (
    bug(
        "Slice: one too early",
        given(f"{SUPPORT}.shape:Slice.forward", lambda x: x.roll(1, -1)),
        Slice(-1, start=2, stop=5),
        STEP,
    ),
    bug(
        "Slice: from the other end",
        given(f"{SUPPORT}.shape:Slice.forward", lambda x: x.flip(-1)),
        Slice(-1, start=1, step=2),
        STEP,
    ),
    bug(
        "Slice: without a gradient",
        given(f"{SUPPORT}.shape:Slice.forward", lambda x: x.detach() + 0 * x),
        Slice(1, start=1),
        "gradients",
    ),
    bug(
        "Select: another index",
        moved(f"{SUPPORT}.shape:Select.forward", lambda m, x: x.select(m.dim, 0)),
        Select(2, -1),
        STEP,
    ),
    bug(
        "Crop2D: ends exchanged",
        moved("torch.nn:ZeroPad2d.forward", ends_exchanged),
        Crop2D(((1, 2), (0, 3))),
        STEP,
    ),
    bug(
        "Crop2D: rows for columns",
        moved("torch.nn:ZeroPad2d.forward", rows_for_columns),
        alone(Crop2D(((1, 2), (2, 1))), SQUARE),
        STEP,
    ),
    bug("Reduce: sum for mean", reduced(torch.sum), Reduce((2, 3)), STEP),
    bug("Reduce: max for min", reduced(torch.amax), Reduce(2, op="min"), STEP),
    bug(
        "Reduce: max by its size",
        reduced(lambda x, dims: x.abs().amax(dims)),
        Reduce(2, op="max"),
        STEP,
    ),
    bug(
        "Reduce: l2 without the root",
        reduced(lambda x, dims: x.square().sum(dims)),
        Reduce(1, op="l2"),
        STEP,
    ),
    bug(
        "Reduce: root of the mean for l2",
        reduced(lambda x, dims: x.square().mean(dims).sqrt()),
        Reduce(1, op="l2"),
        STEP,
    ),
    bug(
        "Reduce: l2 with 1e-10 under the root",
        reduced(lambda x, dims: (x.square().sum(dims) + 1e-10).sqrt()),
        Reduce(1, op="l2"),
        STEP,
        dtypes="float64",
    ),
    bug(
        "PixelShuffle: channels in MXNet's order",
        moved("torch.nn:PixelShuffle.forward", dcr),
        alone(PixelShuffle(2), (8, 3, 2)),
        STEP,
    ),
    bug(
        "PixelShuffle: pattern turned",
        moved("torch.nn:PixelShuffle.forward", pattern_turned),
        alone(PixelShuffle(2), (8, 3, 2)),
        STEP,
    ),
    bug(
        "PixelUnshuffle: channels in MXNet's order",
        moved("torch.nn:PixelUnshuffle.forward", undone_dcr),
        alone(PixelUnshuffle(3), (2, 6, 9)),
        STEP,
    ),
    bug(
        "ChannelShuffle: the inverse",
        moved("torch.nn:ChannelShuffle.forward", inverse),
        alone(ChannelShuffle(2), (6, 3, 2)),
        STEP,
    ),
    bug(
        "Roll: the other way",
        moved(
            f"{SUPPORT}.shape:Roll.forward",
            lambda m, x: x.roll([-shift for shift in m.shifts], m.dims),
        ),
        Roll((1, 2), (1, 3)),
        STEP,
    ),
    bug(
        "Roll: flattened",
        moved(f"{SUPPORT}.shape:Roll.forward", lambda m, x: x.roll(m.shifts[0])),
        Roll(2, 3),
        STEP,
    ),
    bug(
        "Roll: axes exchanged",
        moved(
            f"{SUPPORT}.shape:Roll.forward", lambda m, x: x.roll(m.shifts[::-1], m.dims)
        ),
        alone(Roll((2, 3), (1, 2)), SQUARE),
        STEP,
    ),
    bug(
        "Pad2D: another constant",
        moved("torch.nn:ConstantPad2d.forward", lambda m, x: F.pad(x, m.padding)),
        Pad2D(((1, 2), (0, 3)), value=0.5),
        "outputs",
    ),
    bug(
        "Pad2D: the edge for its reflection",
        moved(
            "torch.nn:ReflectionPad2d.forward",
            lambda m, x: F.pad(x, m.padding, mode="replicate"),
        ),
        Pad2D(((1, 2), (0, 3)), mode="reflect"),
        STEP,
    ),
    bug(
        "Pad2D: copies without a gradient",
        moved(
            "torch.nn:ReplicationPad2d.forward",
            lambda m, x: (
                F.pad(x, m.padding)
                + (F.pad(x, m.padding, mode="replicate") - F.pad(x, m.padding)).detach()
            ),
        ),
        Pad2D(((1, 2), (0, 3)), mode="replicate"),
        "gradients",
    ),
    bug(
        "Pad3D: the edge for the other end",
        moved(
            "torch.nn:CircularPad3d.forward",
            lambda m, x: F.pad(x, m.padding, mode="replicate"),
        ),
        alone(Pad3D(((1, 2), (0, 3), (2, 1)), mode="circular"), (4, 2, 5, 3)),
        STEP,
    ),
)
