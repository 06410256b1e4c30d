"""Nets that are carried over with a mistake, and how many answers go wrong by it.

A way is how a net is built, trained and asked. A port is the way that was meant, beside
that of somebody who does not know a difference: either the trained weights go on in the
other way, or the other way is trained, too, on the same batches.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

import data
import netspec
from data import Array
from lessons.lib import claim
from lessons.lib.descent import batches, train
from lessons.lib.images import images
from netspec import Spec
from netspec.contract import Arrays, Loss, Optimizer
from prose import cut, topics

BATCH, STEPS, UNSEEN = 64, 100, 2000
LENGTH = 8  # characters in a window of text
SGD = Optimizer("sgd", lr=0.1)


def best(outputs: Array) -> Array:
    """Return the class of the largest output."""
    return np.asarray(outputs.argmax(axis=1))


class Way(NamedTuple):
    """How a net is built, trained and asked.

    Attributes:
        spec: the net; if it reads indices it learns text, else images.
        optimizer: of all steps.
        backend: the framework that trains and answers.
        batch: examples in a step.
        steps: as many.
        loss: of ``"mse"`` the targets are 1 for the class, else 0.
        train: whether it is asked in training mode.
        read: makes classes of the outputs, (examples, classes).
    """

    spec: Spec
    optimizer: Optimizer = SGD
    backend: str = "torch"
    batch: int = BATCH
    steps: int = STEPS
    loss: Loss = "cross_entropy"
    train: bool = False
    read: Callable[[Array], Array] = best


class Port(NamedTuple):
    """What was meant, and what became of it.

    Attributes:
        section: of the guide, such as ``"porting 3"``.
        statement: what it costs, in words.
        meant: the way that was meant.
        ported: the way of who does not know.
        cost: the least and the largest fraction of answers that go wrong by it.
        carry: makes the weights of `ported` of the trained ones of `meant`; None if it
            is trained itself.
    """

    section: str
    statement: str
    meant: Way
    ported: Way
    cost: tuple[float, float]
    carry: Callable[[Arrays], Arrays] | None = None


def check(port: Port) -> None:
    """Claim that a port costs what it says."""
    held = learned(port.meant)
    moved = port.carry(held) if port.carry else learned(port.ported)
    _, y = unseen(port.meant.spec)
    before, after = told(port.meant, held), told(port.ported, moved)
    right, left = float((before == y).mean()), float((after == y).mean())
    claim(
        port.section,
        port.statement,
        f"{100 * right:.1f} % of {len(y)} right as meant, {100 * left:.1f} % as ported;"
        f" {(before != after).sum()} answers change",
        port.cost[0] <= right - left <= port.cost[1],
    )


@cache
def learned(way: Way) -> Arrays:
    """Train from portable first weights; return all parameters."""
    x, y = seen(way.spec)
    count = min(len(x) // way.batch, way.steps) * way.batch
    epochs = -(-way.steps * way.batch // count)
    xs, ys = batches(x[:count], y[:count], way.batch, epochs)
    if way.loss == "mse":
        ys = np.eye(data.CLASSES, dtype=np.float32)[ys]
    given = xs[: way.steps], ys[: way.steps]
    return train(way.spec, way.backend, given, way.optimizer, way.loss).params


def told(way: Way, params: Arrays) -> Array:
    """Return the answers of a trained net to what it has not seen; -1, which is none,
    where its weights are not finite.
    """
    x, _ = unseen(way.spec)
    if not all(np.isfinite(held).all() for held in params.values()):
        return np.full(len(x), -1)
    model = netspec.compile(way.spec, way.backend, params=params)
    backend = netspec.backend(way.backend)
    return way.read(backend.forward(model, way.spec, x, train=way.train, seed=0))


def same(params: Arrays) -> Arrays:
    """Carry the weights as they are."""
    return params


def seen(spec: Spec) -> tuple[Array, Array]:
    """Return what a net learns from, in the shape that it reads."""
    if spec.input_dtype == "int":
        known = text()
        return known[0], known[1]
    return images().train_x.reshape(-1, *spec.input_shape), images().train_y


def unseen(spec: Spec) -> tuple[Array, Array]:
    """Return what it is asked afterwards."""
    if spec.input_dtype == "int":
        known = text()
        return known[2][:UNSEEN], known[3][:UNSEEN]
    x = images().test_x[:UNSEEN].reshape(-1, *spec.input_shape)
    return x, images().test_y[:UNSEEN]


@cache
def text() -> tuple[Array, Array, Array, Array]:
    """Read windows of text, each with the character behind it: of training, and not."""
    x, y, *others = cut(topics(), LENGTH).windows.arrays
    return x, y[:, -1], others[0], others[1][:, -1]


@cache
def alphabet() -> int:
    """Count the characters that occur in the text."""
    return len(set(topics()))
