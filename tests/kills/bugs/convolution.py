"""Convolutions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from netspec import Conv1D, Conv2D, Conv3D
from netspec.contract import Array
from netspec.layers import Layer
from tests.kills import tensors as wrong
from tests.kills.bug import alone, bug
from tests.kills.inject import Params, misread, patched, tampered

CONV = "torch.nn.functional:conv2d"
SQUARE = alone(Conv2D(6, kernel_size=3))
OBLONG = alone(Conv2D(4, kernel_size=(3, 2)))
SAME = alone(Conv2D(6, kernel_size=3, padding="same"))
STRIDED = alone(Conv2D(6, kernel_size=3, stride=(2, 1)), (4, 8, 7))
PADDED = alone(Conv2D(6, kernel_size=3, padding=(1, 0)), (4, 7, 7))
GROUPED = alone(Conv2D(6, kernel_size=3, groups=2))
EVEN = alone(Conv2D(6, (4, 3), padding="same"))
HALVED = alone(Conv2D(6, 3, stride=2, padding="same"))
UNEVEN = alone(Conv2D(6, 3, padding=((1, 2), (0, 3))))
CUBE = alone(Conv3D(3, 2, padding=1), (2, 3, 4, 3))
LINE = alone(Conv1D(6, kernel_size=3, padding=1), (4, 9))


def on_weight(change: wrong.Change) -> Any:
    """Another weight is used than is held."""

    def conv(original: Any, x: Tensor, weight: Tensor, *rest: Any) -> Any:
        return original(x, change(weight), *rest)

    return patched(CONV, conv)


def rounded(change: wrong.Change) -> Any:
    """Factors of the products in a shorter format."""

    def conv(original: Any, x: Tensor, weight: Tensor, *rest: Any) -> Any:
        return original(change(x), change(weight), *rest)

    return patched(CONV, conv)


def swapped(name: str) -> Any:
    """Height and width of an option change places."""

    def other(layer: Layer) -> Any:
        return tuple(reversed(getattr(layer, name)))

    return misread(**{name: other})


def transposed(params: Params) -> dict[str, Array]:
    return {
        path: value.swapaxes(2, 3) if value.ndim == 4 else value
        for path, value in params.items()
    }


def groups_interleaved(x: Tensor) -> Tensor:
    """Outputs of group 0, 1, 0, 1, ... where those of group 0 come first."""
    return x.reshape(2, len(x) // 2, *x.shape[1:]).transpose(0, 1).reshape(x.shape)


def inputs_interleaved(original: Any, x: Tensor, *rest: Any) -> Any:
    """The first group reads channels 0, 2, ..."""
    return original(torch.cat([x[:, ::2], x[:, 1::2]], dim=1), *rest)


def reflected(
    original: Any,
    x: Tensor,
    weight: Tensor,
    bias: Any,
    stride: Any,
    padding: Any,
    *rest: Any,
) -> Any:
    """Padded with what is inside."""
    wide = torch.nn.functional.pad(x, (1, 1), mode="reflect")
    return original(wide, weight, bias, stride, (0,), *rest)


def without_bias(
    original: Any, x: Tensor, weight: Tensor, bias: Any, *rest: Any
) -> Any:
    return original(x, weight, None, *rest) + 0 * bias.sum()


def second_window(
    original: Any, x: Tensor, weight: Tensor, bias: Any, stride: Any, *rest: Any
) -> Any:
    """Every second window, but not the first one."""
    return original(x, weight, bias, 1, *rest)[:, :, 1 :: stride[0]]


def off_center(
    original: Any,
    x: Tensor,
    weight: Tensor,
    bias: Any,
    stride: Any,
    padding: Any,
    *rest: Any,
) -> Any:
    """All padding at the end, none at the start."""
    wide = torch.nn.functional.pad(x, (0, 2, 0, 2))
    return original(wide, weight, bias, stride, (0, 0), *rest)


def first_axis_first(original: Any, ends: Any) -> Any:
    """`F.pad` begins with the last axis."""
    return original(ends[::-1])


def of_volumes(original: Any, x: Tensor, weight: Tensor, *rest: Any) -> Any:
    """Depth and width of a kernel change places."""
    return original(x, weight.transpose(2, 4), *rest)


BUGS = (
    bug(
        "convolution instead of correlation",
        on_weight(lambda w: w.flip(2, 3)),
        SQUARE,
        "outputs gradients",
    ),
    bug(
        "square kernel transposed",
        on_weight(lambda w: w.mT),
        SQUARE,
        "outputs gradients",
    ),
    bug(
        "square kernel transposed in transfer of weights",
        tampered(given=transposed, read=transposed),
        SQUARE,
        "outputs gradients",
    ),
    bug("bias dropped", patched(CONV, without_bias), OBLONG, "outputs gradients"),
    bug(
        "strides of height and width swapped",
        swapped("stride"),
        STRIDED,
        "outputs gradients",
        raises=True,
    ),
    bug(
        "paddings of height and width swapped",
        swapped("padding"),
        PADDED,
        "outputs gradients",
        raises=True,
    ),
    bug(
        "strides start at the second window",
        patched(CONV, second_window),
        STRIDED,
        "outputs gradients",
    ),
    bug(
        "dilation ignored",
        misread(dilation=1, padding=lambda layer: 1),
        alone(Conv2D(6, kernel_size=3, padding=2, dilation=2)),
        "outputs gradients",
    ),
    bug("padding all at the end", patched(CONV, off_center), SAME, "outputs gradients"),
    bug(
        "padded by reflection",
        patched("torch.nn.functional:conv1d", reflected),
        LINE,
        "outputs gradients",
    ),
    bug(
        "odd zero of same before",
        misread(padding=((2, 1), (1, 1))),
        EVEN,
        "outputs gradients",
    ),
    bug(
        "half of the kernel for same with a stride",
        misread(padding=1),
        HALVED,
        "outputs gradients",
    ),
    bug(
        "padding of the axes in the other order",
        patched("netspec_torch.layers._conv:flat", first_axis_first),
        UNEVEN,
        "outputs gradients",
    ),
    bug(
        "padding of pairs all before",
        misread(padding=((3, 0), (3, 0))),
        UNEVEN,
        "outputs gradients",
    ),
    bug(
        "depth and width of a kernel swapped",
        patched("torch.nn.functional:conv3d", of_volumes),
        CUBE,
        "outputs gradients",
    ),
    bug(
        "channels of groups interleaved",
        on_weight(groups_interleaved),
        GROUPED,
        "outputs gradients",
    ),
    bug(
        "groups read interleaved channels",
        patched(CONV, inputs_interleaved),
        GROUPED,
        "outputs gradients",
    ),
    bug("products of bfloat16", rounded(wrong.bfloat16), SQUARE, "outputs gradients"),
    bug("products of TF32", rounded(wrong.tf32), SQUARE, "outputs gradients"),
)
