"""LocalResponseNorm."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from netspec import LocalResponseNorm
from tests.kills.bug import bug
from tests.kills.inject import misread, patched

NORM = "torch.nn.functional:local_response_norm"
STEP = "outputs gradients"
NEAR = LocalResponseNorm(2, alpha=0.7)


def mirrored(original: Any, x: Tensor, *how: Any) -> Any:
    """Of an even size the odd channel comes after."""
    return original(x.flip(1), *how).flip(1)


def along_last(original: Any, x: Tensor, *how: Any) -> Any:
    return original(x.movedim(-1, 1), *how).movedim(1, -1)


def constant_divisor(original: Any, x: Tensor, *how: Any) -> Any:
    """No gradient goes through the sum of squares."""
    return x * (original(x, *how) / x).detach()


BUGS = (
    bug(
        "LocalResponseNorm: alpha not divided by the size",
        misread(alpha=lambda layer: layer.alpha * layer.size),
        NEAR,
        STEP,
    ),
    bug("LocalResponseNorm: k 2 for 1", misread(k=2.0), LocalResponseNorm(3), STEP),
    bug(
        "LocalResponseNorm: the odd channel after", patched(NORM, mirrored), NEAR, STEP
    ),
    bug(
        "LocalResponseNorm: along the last axis", patched(NORM, along_last), NEAR, STEP
    ),
    bug(
        "LocalResponseNorm: a divisor without gradient",
        patched(NORM, constant_divisor),
        NEAR,
        "gradients",
    ),
)
