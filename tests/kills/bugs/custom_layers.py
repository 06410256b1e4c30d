"""Layers of a user, in three frameworks: nothing about them is known to the checks but
what they state.
"""

from __future__ import annotations

from typing import Any

import jax
import torch
from torch import Tensor

import tests.backends.custom.jax
import tests.backends.custom.reference
import tests.backends.custom.torch  # noqa: F401 (all three register)
from netspec import Sigmoid, Tanh
from tests.backends.custom.layers import Blank, Gate, LowRank, Tempered
from tests.kills import tensors as wrong
from tests.kills.bug import alone, bug
from tests.kills.inject import misread, patched

LOW_RANK = alone(LowRank(4, 3), (6,))
TEMPERED = alone(Tempered(), (5, 5))
GATE = alone(Gate([Tanh()], [Sigmoid()]), (6,))
BLANK = alone(Blank(0.3), (6,))
STEP = "outputs gradients"
CUSTOM = "tests.backends.custom"  # Gluon's part is imported where there is MXNet


def module(name: str, change: Any) -> Any:
    """A module of a user computes something else."""
    return patched(f"{CUSTOM}.torch:{name}Module.forward", change)


def block(name: str, change: Any) -> Any:
    """A block of a user computes something else."""
    return patched(f"{CUSTOM}.gluon:{name}Block.hybrid_forward", change)


def function(name: str, change: Any) -> Any:
    """A function of a user's pair computes something else."""
    return patched(f"{CUSTOM}.jax:{name}", change)


# PyTorch


def stateless(original: Any, module: Any, x: Tensor) -> Any:
    """The mean is that of training alone."""
    return original(module, x) if module.training else module.project(x)


def always_of_the_batch(original: Any, module: Any, x: Tensor) -> Any:
    return original(module, x) if module.training else module.project(x - x.mean(0))


def unmoved(original: Any, module: Any, x: Tensor) -> Any:
    return module.project(x - x.mean(0)) if module.training else original(module, x)


def moved_in_evaluation(original: Any, module: Any, x: Tensor) -> Any:
    y = original(module, x)
    if not module.training:
        with torch.no_grad():
            module.running_mean += 0.25 * x.mean(0)
    return y


def constant_mean(original: Any, module: Any, x: Tensor) -> Any:
    if not module.training:
        return original(module, x)
    return wrong.borrowing(module.project(x - x.mean(0).detach()), original(module, x))


def transposed(original: Any, module: Any, x: Tensor) -> Any:
    return x / module.temperature.T


def swapped(original: Any, module: Any, x: Tensor) -> Any:
    return module.gate(x) * (1 + module.body(x))


def constant_gate(original: Any, module: Any, x: Tensor) -> Any:
    return module.body(x) * (1 + module.gate(x).detach())


def unscaled(original: Any, module: Any, x: Tensor) -> Any:
    y = original(module, x)
    return y * (1 - module.rate) if module.training else y


def one_mask(original: Any, module: Any, x: Tensor) -> Any:
    return x * original(module, torch.ones_like(x[:1]))


# Gluon


def is_training() -> bool:
    from mxnet import autograd

    return bool(autograd.is_training())


def stateless_block(
    original: Any, block: Any, F: Any, x: Any, down: Any, up: Any, running_mean: Any
) -> Any:
    held = running_mean if is_training() else 0 * running_mean
    return original(block, F, x, down, up, running_mean=held)


def unmoved_block(
    original: Any, block: Any, F: Any, x: Any, down: Any, up: Any, running_mean: Any
) -> Any:
    if not is_training():
        return original(block, F, x, down, up, running_mean)
    return block.project(F, F.broadcast_sub(x, x.mean(axis=0)), down, up)


def transposed_block(
    original: Any, block: Any, F: Any, x: Any, temperature: Any
) -> Any:
    return original(block, F, x, temperature.T)


def swapped_block(original: Any, block: Any, F: Any, x: Any) -> Any:
    return block.gate(x) * (1 + block.body(x))


def unscaled_block(original: Any, block: Any, F: Any, x: Any) -> Any:
    y = original(block, F, x)
    return y * (1 - block.rate) if is_training() else y


# JAX


def stateless_pair(original: Any, *given: Any) -> Any:
    layer = original(*given)

    def apply(params: Any, state: Any, x: Any, mode: Any) -> Any:
        held = state if mode.train else jax.tree.map(jax.numpy.zeros_like, state)
        y, after = layer.apply(params, held, x, mode)
        return y, after if mode.train else state

    return layer._replace(apply=apply)


def unmoved_pair(original: Any, *given: Any) -> Any:
    layer = original(*given)

    def apply(params: Any, state: Any, x: Any, mode: Any) -> Any:
        return layer.apply(params, state, x, mode)[0], state

    return layer._replace(apply=apply)


BUGS = (
    bug(
        "LowRank: running mean ignored in evaluation",
        module("LowRank", stateless),
        LOW_RANK,
        STEP,
    ),
    bug(
        "LowRank: mean of the batch in evaluation",
        module("LowRank", always_of_the_batch),
        LOW_RANK,
        STEP,
    ),
    bug(
        "LowRank: running mean stays as it was",
        module("LowRank", unmoved),
        LOW_RANK,
        "state",
    ),
    bug(
        "LowRank: running mean moves in evaluation",
        module("LowRank", moved_in_evaluation),
        LOW_RANK,
        "state",
    ),
    bug(
        "LowRank: decay flipped",
        misread(decay=lambda layer: 1 - layer.decay),
        LOW_RANK,
        "state",
    ),
    bug(
        "LowRank: no gradient through the mean",
        module("LowRank", constant_mean),
        LOW_RANK,
        "gradients",
    ),
    bug(
        "Tempered: temperature ignored",
        module("Tempered", lambda original, module, x: x + 0 * module.temperature),
        TEMPERED,
        STEP,
    ),
    bug(
        "Tempered: temperature transposed",
        module("Tempered", transposed),
        TEMPERED,
        STEP,
    ),
    bug("Gate: chains swapped", module("Gate", swapped), GATE, STEP),
    bug(
        "Gate: no gradient through the gate",
        module("Gate", constant_gate),
        GATE,
        "gradients",
    ),
    bug("Blank: without 1 / (1 - rate)", module("Blank", unscaled), BLANK, "dropout"),
    bug(
        "Blank: drops nothing",
        module("Blank", lambda original, module, x: x),
        BLANK,
        "dropout",
    ),
    bug(
        "Blank: one mask for all examples", module("Blank", one_mask), BLANK, "dropout"
    ),
    bug(
        "LowRank: running mean ignored in evaluation",
        block("LowRank", stateless_block),
        LOW_RANK,
        STEP,
        backend="gluon",
    ),
    bug(
        "LowRank: running mean stays as it was",
        block("LowRank", unmoved_block),
        LOW_RANK,
        "state",
        backend="gluon",
    ),
    bug(
        "Tempered: temperature transposed",
        block("Tempered", transposed_block),
        TEMPERED,
        STEP,
        backend="gluon",
    ),
    bug(
        "Gate: chains swapped",
        block("Gate", swapped_block),
        GATE,
        STEP,
        backend="gluon",
    ),
    bug(
        "Blank: without 1 / (1 - rate)",
        block("Blank", unscaled_block),
        BLANK,
        "dropout",
        backend="gluon",
    ),
    bug(
        "LowRank: running mean ignored in evaluation",
        function("low_rank_pair", stateless_pair),
        LOW_RANK,
        STEP,
        backend="jax",
    ),
    bug(
        "LowRank: running mean stays as it was",
        function("low_rank_pair", unmoved_pair),
        LOW_RANK,
        "state",
        backend="jax",
    ),
    bug(
        "Tempered: temperature ignored",
        function("over", lambda original, params, x: x + 0 * params["temperature"]),
        TEMPERED,
        STEP,
        backend="jax",
    ),
    bug(
        "Gate: chains swapped",
        function("gated", lambda original, outputs: original(outputs[::-1])),
        GATE,
        STEP,
        backend="jax",
    ),
    bug(
        "Blank: drops nothing",
        function("blanked", lambda original, x, rate, key: x),
        BLANK,
        "dropout",
        backend="jax",
    ),
)
