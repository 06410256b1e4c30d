"""Activations of straight pieces, and their kin."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from netspec import layers as nl
from tests.kills import tensors as wrong
from tests.kills.bug import bug
from tests.kills.bugs.activations import STEP, F, at_double, gradient, instead, of
from tests.kills.inject import joined, misread, patched

SUPPORT = "netspec_torch.support"


def hard_sigmoid(x: Tensor, *_: Any) -> Tensor:
    """Keras 2's: slope 0.2."""
    return (0.2 * x + 0.5).clamp(0, 1)


def shrunk(x: Tensor, lambd: float) -> Tensor:
    """Lambd is subtracted on both sides."""
    return torch.where(x.abs() > lambd, x - lambd, 0.0)


def on_one_side(x: Tensor, lambd: float) -> Tensor:
    """Without the absolute value."""
    return torch.where(x > lambd, x, 0.0)


def from_above(x: Tensor, threshold: float, value: float, *_: Any) -> Tensor:
    """What is above is replaced."""
    return torch.where(x > threshold, value, x)


def through(original: Any, x: Tensor, *rest: Any) -> Any:
    """The gradient of the input, as of a straight-through estimator."""
    return wrong.borrowing(x, original(x, *rest))


BUGS = (
    bug(
        "HardSigmoid: slope 0.2",
        joined(
            instead(f"{F}:hardsigmoid", hard_sigmoid),
            instead(
                f"{SUPPORT}.activations:Hardsigmoid.forward",
                lambda _, x: hard_sigmoid(x),
            ),
        ),
        nl.HardSigmoid(),
        STEP,
    ),
    bug(
        "HardSigmoid: slope ignored",
        misread(slope=1 / 6),
        nl.HardSigmoid(0.2, offset=0.3),
        STEP,
    ),
    bug(
        "HardSigmoid: offset ignored",
        misread(offset=0.5),
        nl.HardSigmoid(0.2, offset=0.3),
        STEP,
    ),
    at_double("HardSigmoid: PyTorch's own in float64", nl.HardSigmoid()),
    bug(
        "HardSwish: without its limits",
        instead(f"{F}:hardswish", lambda x, *_: x * (x + 3) / 6),
        nl.HardSwish(),
        STEP,
    ),
    bug(
        "HardTanh: bounds ignored",
        misread(low=-1.0, high=1.0),
        nl.HardTanh(-0.7, 0.3),
        STEP,
    ),
    bug(
        "HardTanh: bounds taken for symmetric",
        misread(low=lambda layer: -layer.high if hasattr(layer, "high") else 0),
        nl.HardTanh(-0.7, 0.3),
        STEP,
    ),
    bug(
        "HardTanh: gradient 1 beyond the bounds",
        patched(f"{F}:hardtanh", through),
        nl.HardTanh(),
        "gradients",
    ),
    bug("HardTanh: tanh", of(nl.HardTanh, nl.Tanh()), nl.HardTanh(), STEP),
    bug("SoftShrink: lambd ignored", misread(lambd=0.5), nl.SoftShrink(0.3), STEP),
    bug(
        "SoftShrink: subtracted below 0, too",
        instead(f"{F}:softshrink", shrunk),
        nl.SoftShrink(),
        "outputs",
    ),
    bug(
        "SoftShrink: gradient in the middle",
        patched(f"{F}:softshrink", through),
        nl.SoftShrink(),
        "gradients",
    ),
    bug(
        "HardShrink: as SoftShrink",
        of(nl.HardShrink, nl.SoftShrink()),
        nl.HardShrink(),
        "outputs",
    ),
    bug(
        "HardShrink: of positive values alone",
        instead(f"{F}:hardshrink", on_one_side),
        nl.HardShrink(),
        STEP,
    ),
    bug("TanhShrink: tanh", of(nl.TanhShrink, nl.Tanh()), nl.TanhShrink(), STEP),
    bug(
        "TanhShrink: gradient of tanh",
        gradient(f"{F}:tanhshrink", lambda g, x: g / x.tanh() ** 2 - g),
        nl.TanhShrink(),
        "gradients",
    ),
    bug(
        "Threshold: 0 for the value",
        misread(value=0.0),
        nl.Threshold(-0.3, 0.7),
        "outputs",
    ),
    bug(
        "Threshold: what is above is replaced",
        instead(f"{F}:threshold", from_above),
        nl.Threshold(-0.3, 0.7),
        STEP,
    ),
    bug(
        "Threshold: gradient of what is replaced",
        patched(f"{F}:threshold", through),
        nl.Threshold(-0.3, 0.7),
        "gradients",
    ),
)
