"""Rescale and Scale."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from netspec import layers as nl
from tests.kills import tensors as wrong
from tests.kills.bug import alone, bug
from tests.kills.inject import misread, patched

SUPPORT = "netspec_torch.support"
SQUARE = (4, 7, 4)  # whose first and last axis can be confused
CONSTANTS = nl.Rescale((0.3, -1.7, 2.9, 0.7), offset=0.3)
STEP = "outputs gradients"


def offset_first(original: Any, made: Any, x: Tensor) -> Any:
    return (x + made.offset) * made.scale


def along_last(original: Any, values: Any, x: Tensor) -> Any:
    return values if isinstance(values, float) else x.new_tensor(values)


def in_float32(original: Any, values: Any, x: Tensor) -> Any:
    return torch.tensor(values).view(-1, *[1] * (x.dim() - 2)).to(x.dtype)


def bias_first(original: Any, made: Any, x: Tensor) -> Any:
    weight, bias = (v.view(-1, 1, 1) for v in (made.weight, made.bias))
    return (x + bias) * weight


def through_input(original: Any, made: Any, x: Tensor) -> Any:
    """The input gets the gradient of the output, the weight gets its own."""
    y = original(made, x.detach())
    return wrong.borrowing(x, y.detach()) + (y - y.detach())


BUGS = (
    bug(
        "Rescale: offset ignored",
        misread(offset=0.0),
        nl.Rescale(-2.5, offset=0.3),
        "outputs",
    ),
    bug(
        "Rescale: the offset first",
        patched(f"{SUPPORT}.scale:Rescale.forward", offset_first),
        nl.Rescale(-2.5, offset=0.3),
        "outputs",
    ),
    bug(
        "Rescale: constants along the last axis",
        patched(f"{SUPPORT}.scale:per_channel", along_last),
        alone(CONSTANTS, SQUARE),
        STEP,
    ),
    bug(
        "Rescale: constants rounded to float32",
        patched(f"{SUPPORT}.scale:per_channel", in_float32),
        CONSTANTS,
        STEP,
        dtypes="float64",
    ),
    bug(
        "Scale: along the last axis", misread(axis=-1), alone(nl.Scale(), SQUARE), STEP
    ),
    bug(
        "Scale: the bias first",
        patched(f"{SUPPORT}.scale:Scale.forward", bias_first),
        nl.Scale(bias=True),
        STEP,
    ),
    bug(
        "Scale: the input gets the gradient of the output",
        patched(f"{SUPPORT}.scale:Scale.forward", through_input),
        nl.Scale(),
        "gradients",
    ),
)
