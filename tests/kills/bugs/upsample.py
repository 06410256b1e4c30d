"""Resizing."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from netspec import Upsample2D
from tests.kills import tensors as wrong
from tests.kills.bug import bug
from tests.kills.inject import misread, patched

RESIZE = "torch.nn.functional:interpolate"
STEP = "outputs gradients"
NEAREST = Upsample2D(size=(11, 4))
LINEAR = Upsample2D(size=(11, 4), mode="linear")


def exact(original: Any, x: Tensor, *how: Any, **more: Any) -> Any:
    """By the centers of positions, as jax.image.resize takes the nearest."""
    return original(x, NEAREST.size, mode="nearest-exact")


def antialiased(original: Any, x: Tensor, *how: Any, **more: Any) -> Any:
    return original(x, LINEAR.size, mode="bilinear", antialias=True)


def by_scale(original: Any, x: Tensor, *how: Any, **more: Any) -> Any:
    """By a factor that gives the same size."""
    return original(x, scale_factor=(1.6, 0.7), mode="bilinear")


def shared_gradient(original: Any, x: Tensor, *how: Any, **more: Any) -> Any:
    """The mean of the gradients of copies for their sum."""
    return original(wrong.hooked(x, wrong.times(1 / 4)), *how, **more)


BUGS = (
    bug("nearest by the centers of positions", patched(RESIZE, exact), NEAREST, STEP),
    bug("nearest for linear", misread(mode="nearest"), LINEAR, STEP),
    bug("corners aligned", misread(align_corners=True), LINEAR, STEP),
    bug(
        "corners not aligned",
        misread(align_corners=False),
        Upsample2D(2, mode="linear", align_corners=True),
        STEP,
    ),
    bug("antialiased", patched(RESIZE, antialiased), LINEAR, STEP),
    bug("by a factor for a size", patched(RESIZE, by_scale), LINEAR, STEP),
    bug(
        "gradient of copies not summed",
        patched(RESIZE, shared_gradient),
        Upsample2D(2),
        "gradients",
    ),
)
