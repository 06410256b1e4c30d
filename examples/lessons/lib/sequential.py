"""Nets of two hidden layers, as `nn.Sequential` has them, and all of their outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

import netspec
from netspec import Dense, Layer, Spec
from netspec.contract import Trace

INPUTS, HIDDEN, OUTPUTS, BATCH = 20, (64, 32), 10, 256
X = np.random.default_rng(0).normal(size=(BATCH, INPUTS)).astype("float32")


def net(*after: Layer) -> Spec:
    """Build layers of `HIDDEN` units with others after each, and one of the outputs."""
    hidden = [layer for units in HIDDEN for layer in (Dense(units), *after)]
    return Spec("sequential", (INPUTS,), [*hidden, Dense(OUTPUTS)], init="torch")


def trace(spec: Spec, backend: str) -> Trace:
    """Trace what every layer makes of `X` in training mode."""
    own: Any = netspec.backend(backend)
    model, zeros = own.compile(spec, seed=0), np.zeros((BATCH, OUTPUTS), "float32")
    traced: Trace = own.trace(model, spec, X, zeros, train=True, seed=0)
    return traced
