"""Parallel, where it does more than concatenate and add."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from netspec import Conv2D, Dense, GlobalAvgPool2D, Identity, Parallel, Permute, Tanh
from netspec.layers import Layer
from netspec.spec import Spec
from tests.kills.bug import alone, bug
from tests.kills.bugs.containers import STEP, branches

PAIR: list[list[Layer]] = [[Dense(5)], [Dense(5), Tanh()]]
GATE: list[list[Layer]] = [
    [Tanh()],
    [GlobalAvgPool2D(keepdims=True), Conv2D(4, kernel_size=1)],
]


def pair(merge: str) -> Spec:
    return alone(Parallel(PAIR, merge=merge), (6,))


def gate(merge: str) -> Spec:
    return alone(Parallel(GATE, merge=merge))


SQUARE = alone(Parallel([[Identity()], [Permute((2, 1))]], merge="matmul"), (5, 5))
STACK = alone(Parallel([[Identity()], [Tanh()]], merge="stack", axis=2), (2, 2))
TWINS = alone(Parallel([[Dense(5)], [Dense(5)]], merge="maximum"), (6,))


def detached_gate(outputs: list[Tensor]) -> Tensor:
    return outputs[0] * outputs[1].detach()


def broadcast_before(outputs: list[Tensor]) -> Tensor:
    """Only one of the values that a value of the gate scales gives it a gradient."""
    values, scale = outputs
    blind = scale.detach().expand_as(values).clone()
    blind[..., :1, :1] = scale
    return values * blind


def halves(outputs: list[Tensor]) -> Tensor:
    """The gradient is shared evenly, whichever is the largest."""
    mean = sum(outputs) / len(outputs)
    return mean + (torch.maximum(*outputs) - mean).detach()


def merge(name: str, kind: str, change: Any, spec: Spec, seen: str = STEP) -> Any:
    return bug(f"Parallel: {name}", branches(kind, change), spec, seen)


BUGS = (
    merge("sum for product", "Multiply", sum, pair("multiply")),
    merge(
        "gate without a gradient",
        "Multiply",
        detached_gate,
        gate("multiply"),
        "gradients",
    ),
    merge(
        "gradient of a gate not summed",
        "Multiply",
        broadcast_before,
        gate("multiply"),
        "gradients",
    ),
    merge("first from second", "Subtract", lambda ys: ys[1] - ys[0], pair("subtract")),
    merge(
        "minimum for maximum", "Maximum", lambda ys: torch.minimum(*ys), pair("maximum")
    ),
    merge(
        "soft maximum",
        "Maximum",
        lambda ys: torch.stack(ys).logsumexp(0),
        pair("maximum"),
    ),
    merge("maximum with even gradients", "Maximum", halves, TWINS, "gradients"),
    merge(
        "product of matrices transposed", "MatMul", lambda ys: ys[0] @ ys[1].mT, SQUARE
    ),
    merge("matrices in another order", "MatMul", lambda ys: ys[1] @ ys[0], SQUARE),
    merge("stacked along another axis", "Stack", lambda ys: torch.stack(ys, 1), STACK),
    merge(
        "stacked in another order", "Stack", lambda ys: torch.stack(ys[::-1], 2), STACK
    ),
)
