"""Deep nets that learn to tell images apart, or do not."""

from __future__ import annotations

import math
from functools import cache

import data
from data import Array
from lessons.lib import FRAMEWORKS
from lessons.lib.descent import batches, train
from lessons.lib.images import images
from netspec import Dense, InitPolicy, Layer, Spec
from netspec.contract import Optimizer

WIDTH, BATCH = 64, 64
CHANCE = math.log(data.CLASSES)  # the loss of a net that knows nothing


def learned(share: float) -> float:
    """Give the loss below which a net has learned: so much of `CHANCE`.

    That holds for Fashion-MNIST; on the moved digits, which are fewer and take more
    steps, it is 0.9 of `CHANCE`.
    """
    return CHANCE * (0.9 if images().name == data.DIGITS else share)


def net(depth: int, init: str | InitPolicy, *after: Layer) -> Spec:
    """Build hidden layers of `WIDTH` units with others after each."""
    layers = [*[Dense(WIDTH), *after] * depth, Dense(data.CLASSES)]
    return Spec(f"{depth} layers", (784,), layers, init=init)


@cache
def first(steps: int) -> tuple[Array, Array]:
    """Take the first images, a batch for each step; begin again where they end."""
    seen, count = images(), steps * BATCH
    epochs = math.ceil(count / (min(count, len(seen.train_x)) // BATCH * BATCH))
    x, y = batches(seen.train_x[:count], seen.train_y[:count], BATCH, epochs)
    return x[:steps], y[:steps]


def final(
    spec: Spec, optimizer: Optimizer, steps: int, backend: str = FRAMEWORKS[-1]
) -> float:
    """Train; return the mean loss of the last ten steps."""
    losses = train(spec, backend, first(steps), optimizer).losses
    return float(losses[-10:].mean())
