"""Transposed convolutions."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from netspec import ConvTranspose2D
from tests.kills import tensors as wrong
from tests.kills.bug import bug
from tests.kills.inject import misread, patched, replaced

CONV = "torch.nn.functional:conv_transpose2d"
STEP = "outputs gradients"
PLAIN = ConvTranspose2D(4, 3)
FULL = ConvTranspose2D(4, 3, stride=2, padding=1, output_padding=1)
GROUPED = ConvTranspose2D(4, 3, groups=2)
DILATED = ConvTranspose2D(2, 2, stride=2, dilation=2)


def not_mirrored(original: Any, x: Tensor, weight: Tensor, *rest: Any) -> Any:
    return original(x, weight.flip((2, 3)), *rest)


def axes_swapped(original: Any, x: Tensor, weight: Tensor, *rest: Any) -> Any:
    """A weight (out, in, *window), as that of a convolution."""
    return original(x, weight.transpose(0, 1), *rest)


def added_before(
    original: Any, x: Tensor, weight: Tensor, bias: Tensor, stride: Any, *rest: Any
) -> Any:
    """What output_padding adds, at the beginning of each axis."""
    height, width = original(x, weight, bias, stride, *rest).shape[2:]
    whole = original(x, weight, bias, stride)
    return whole[:, :, :height, :width]


def interleaved(original: Any, x: Tensor, *rest: Any) -> Any:
    """Group 0 gives channels 0, 2, ..."""
    return original(x, *rest)[:, [0, 2, 1, 3]]


def detached_weight(original: Any, x: Tensor, weight: Tensor, *rest: Any) -> Any:
    """The weight gets half of its gradient."""
    return original(x, wrong.hooked(weight, wrong.times(0.5)), *rest)


BUGS = (
    bug("transposed: kernel not mirrored", patched(CONV, not_mirrored), PLAIN, STEP),
    bug(
        "transposed: in and out of the weight swapped",
        patched(CONV, axes_swapped),
        PLAIN,
        STEP,
    ),
    bug("transposed: output_padding before", patched(CONV, added_before), FULL, STEP),
    bug(
        "transposed: output_padding ignored",
        misread(output_padding=0),
        FULL,
        STEP,
        raises=True,
    ),
    bug("transposed: groups interleaved", patched(CONV, interleaved), GROUPED, STEP),
    bug(
        "transposed: half of the gradient of the weight",
        patched(CONV, detached_weight),
        PLAIN,
        "gradients",
    ),
    bug(
        "Gluon: MXNet's own where a stride meets a dilation",
        replaced(
            "netspec_gluon.layers._transposed:_is_right", lambda layer, double: double
        ),
        DILATED,
        "outputs",
        dtypes="float64",
        backend="gluon",
    ),
)
