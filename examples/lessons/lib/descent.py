"""Training for lessons: a framework's own optimizer, on data that all of them share."""

from __future__ import annotations

import numpy as np

import netspec
from data import Array
from netspec import Spec
from netspec.contract import Arrays, Loss, Optimizer, Trained


def batches(x: Array, y: Array, size: int, epochs: int = 1) -> tuple[Array, Array]:
    """Take every example once an epoch, at random: (steps, size, ...) of both."""
    random, count = np.random.default_rng(0), len(x) // size * size
    rows = np.stack([random.permutation(len(x))[:count] for _ in range(epochs)])
    rows = rows.reshape(-1, size)
    return x[rows], y[rows]


def repeated(a: Array, steps: int = 1000) -> Array:
    """Repeat all examples in every step: gradient descent."""
    return np.broadcast_to(a.astype("float32"), (steps, *a.shape)).copy()


def train(
    spec: Spec,
    backend: str,
    data: tuple[Array, Array],
    optimizer: Optimizer,
    loss: Loss = "cross_entropy",
    params: Arrays | None = None,
) -> Trained:
    """Train in float32 from portable first weights, or from `params`."""
    seed = 0 if params is None else None
    model = netspec.compile(spec, backend, params=params, seed=seed)
    own = netspec.backend(backend)
    with np.errstate(all="ignore"):  # what diverges is what some lessons look for
        trained: Trained = own.train(model, spec, *data, optimizer, loss, seed=0)  # type: ignore[attr-defined]
    return trained


def accuracy(spec: Spec, backend: str, params: Arrays, x: Array, y: Array) -> float:
    """Return the fraction of examples whose largest output is that of their class."""
    model = netspec.compile(spec, backend, params=params)
    outputs = netspec.backend(backend).forward(model, spec, x)
    return float((outputs.argmax(axis=1) == y).mean())
