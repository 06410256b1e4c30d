"""Dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from netspec import ChannelDropout, Dropout, Layer, StochasticDepth
from tests.kills import tensors as wrong
from tests.kills.bug import Inject, alone, bug
from tests.kills.inject import misread, mistaken, patched

ONE = alone(Dropout(0.3), (6,))
EXAMPLES = alone(StochasticDepth(0.3), (4, 3))
CHANNELS = alone(ChannelDropout(0.3), (4, 3))
SUPPORT = "netspec_torch.support.regularization"


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


def taken_for(kind: Callable[[float], Layer]) -> Inject:
    """Another layer at the same rate."""
    return mistaken(lambda layer: kind(layer.zeroing_rate or 0.0))


def whole(change: Callable[[Any, Any, Tensor], Tensor]) -> Inject:
    """Training drops examples in another way, given the original, the module and x."""

    def called(original: Any, module: Any, x: Tensor) -> Any:
        return change(original, module, x) if module.training and module.p else x

    return patched(f"{SUPPORT}:StochasticDepth.forward", called)


def the_whole_batch(original: Any, module: Any, x: Tensor) -> Tensor:
    y: Tensor = original(module, x[None])[0]
    return y


def row_by_row(original: Any, module: Any, x: Tensor) -> Tensor:
    y: Tensor = original(module, x.flatten(0, 1)).view_as(x)
    return y


def in_pairs(original: Any, module: Any, x: Tensor) -> Tensor:
    once: Tensor = original(module, torch.ones_like(x[::2, :1]))
    return x * once.repeat_interleave(2, 0)[: len(x)]


def channels(change: Callable[[Any, Tensor, float], Tensor]) -> Inject:
    """Training drops channels in another way."""

    def called(original: Any, x: Tensor, rate: float, training: bool, *_: Any) -> Any:
        return change(original, x, rate) if training and rate else x

    return patched("torch.nn.functional:dropout1d", called)


def of_all_examples(original: Any, x: Tensor, rate: float) -> Tensor:
    y: Tensor = x * original(torch.ones_like(x[:1]), rate)
    return y


def unscaled_channels(original: Any, x: Tensor, rate: float) -> Tensor:
    y: Tensor = original(x, rate) * (1 - rate)
    return y


OF_EXAMPLES = (
    bug("examples: value by value", taken_for(Dropout), EXAMPLES, "dropout"),
    bug("examples: row by row", whole(row_by_row), EXAMPLES, "dropout"),
    bug("examples: the whole batch", whole(the_whole_batch), EXAMPLES, "dropout"),
    bug("examples: in pairs", whole(in_pairs), EXAMPLES, "dropout"),
    bug(
        "examples: rate is that of keeping",
        misread(rate=lambda layer: (1 - layer.rate) % 1),
        EXAMPLES,
        "dropout",
    ),
    bug(
        "examples: without 1 / (1 - rate)",
        whole(lambda original, module, x: original(module, x) * (1 - module.p)),
        EXAMPLES,
        "dropout",
    ),
)

OF_CHANNELS = (
    bug("channels: value by value", taken_for(Dropout), CHANNELS, "dropout"),
    bug("channels: all of an example", taken_for(StochasticDepth), CHANNELS, "dropout"),
    bug("channels: of all examples", channels(of_all_examples), CHANNELS, "dropout"),
    bug(
        "channels: without 1 / (1 - rate)",
        channels(unscaled_channels),
        CHANNELS,
        "dropout",
    ),
)

BUGS = (
    *OF_EXAMPLES,
    *OF_CHANNELS,
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
