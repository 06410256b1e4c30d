"""Dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from netspec import Dropout
from tests.kills import tensors as wrong
from tests.kills.bug import alone, bug
from tests.kills.inject import misread, patched

ONE = alone(Dropout(0.3), (6,))


def dropout(change: Callable[[Any, Tensor, float], Tensor]) -> Any:
    """Training computes something else, given the original, x and the rate."""

    def called(original: Any, x: Tensor, rate: float, training: bool, *_: Any) -> Any:
        return change(original, x, rate) if training and rate else x

    return patched("torch.nn.functional:dropout", called)


def masked(shape: Callable[[Tensor], tuple[int, ...]]) -> Any:
    """One draw for what has size 1."""

    def change(original: Any, x: Tensor, rate: float) -> Tensor:
        mask: Tensor = original(torch.ones(shape(x), dtype=x.dtype), rate)
        return x * mask

    return dropout(change)


def another_mask(original: Any, x: Tensor, rate: float) -> Tensor:
    return wrong.borrowing(original(x, rate), original(x.detach(), rate))


def unscaled(original: Any, x: Tensor, rate: float) -> Tensor:
    y: Tensor = original(x, rate) * (1 - rate)
    return y


def everywhere(original: Any, x: Tensor, rate: float, *_: Any) -> Any:
    return original(x, rate, True)


def scaled_in_evaluation(
    original: Any, x: Tensor, rate: float, training: bool, *_: Any
) -> Any:
    """The first version of dropout: weights shrink when it is over."""
    return original(x, rate) * (1 - rate) if training else x * (1 - rate)


BUGS = (
    bug("without 1 / (1 - rate)", dropout(unscaled), ONE, "dropout"),
    bug(
        "rate is that of keeping",
        misread(rate=lambda layer: (1 - layer.rate) % 1),
        ONE,
        "dropout",
    ),
    bug(
        "rate 0.31 for 0.3",
        dropout(lambda original, x, rate: original(x, rate + 0.01) * (0.69 / 0.7)),
        ONE,
        "dropout",
    ),
    bug("another mask in the backward pass", dropout(another_mask), ONE, "dropout"),
    bug("one mask for each example", masked(lambda x: (len(x), 1)), ONE, "dropout"),
    bug(
        "one mask for all examples", masked(lambda x: (1, *x.shape[1:])), ONE, "dropout"
    ),
    bug(
        "active in evaluation",
        patched("torch.nn.functional:dropout", everywhere),
        ONE,
        "dropout",
    ),
    bug(
        "scaled in evaluation, not in training",
        patched("torch.nn.functional:dropout", scaled_in_evaluation),
        ONE,
        "dropout",
    ),
    bug(
        "scaled down by 1e-5",
        dropout(lambda original, x, rate: original(x, rate) * (1 - 1e-5)),
        ONE,
        "dropout",
    ),
    bug(
        "seed ignored",
        patched(
            "netspec_torch._backend:seeded",
            lambda original, seed, device: original(0 * seed if seed else seed, device),
        ),
        ONE,
        "dropout",
    ),
)
