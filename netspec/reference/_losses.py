"""Losses, and the gradient of each with respect to the output."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from netspec.contract import Loss
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array

Lossy: TypeAlias = Callable[[Array, Array, Arithmetic], tuple[Array, Array]]


def mse(output: Array, target: Array, ops: Arithmetic) -> tuple[Array, Array]:
    """Compute ``mean((output - target)^2)`` over all n values, and its gradient with
    respect to the output, ``2 (output - target) / n``.
    """
    distance = ops.value(output - target)
    loss = ops.contract(np.mean, distance.size, ops.value(distance * distance))
    return loss, ops.value(distance * (2 / distance.size))


def cross_entropy(output: Array, labels: Array, ops: Arithmetic) -> tuple[Array, Array]:
    """Compute ``mean(-log softmax(output)[label])`` over n examples, and its gradient
    with respect to the output, ``(softmax(output) - onehot(label)) / n``.
    """
    rows = np.arange(len(labels))
    shifted = ops.value(output - output.max(axis=1, keepdims=True))
    powers = ops.value(np.exp(shifted))
    total = ops.contract(_sum, output.shape[1], powers)
    logs = ops.value(shifted - ops.value(np.log(total)))
    loss = ops.contract(np.mean, len(rows), -logs[rows, labels])
    difference = ops.value(powers / total)
    difference[rows, labels] -= 1
    return loss, ops.value(difference / len(rows))


def _sum(x: Array) -> Array:
    return np.asarray(x.sum(axis=1, keepdims=True))


LOSSES: dict[Loss, Lossy] = {"mse": mse, "cross_entropy": cross_entropy}
