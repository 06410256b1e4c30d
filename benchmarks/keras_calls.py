"""Calls and training steps of a compiled Keras model against the one written by hand,
both on JAX.

The goal is 1.05 times what a second, identical hand-written net reads in the same run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

import netspec as ns
from benchmarks import calls
from benchmarks.nets import TRAINING_BATCHES
from benchmarks.report import Row
from benchmarks.timing import Case

os.environ["KERAS_BACKEND"] = "jax"

# isort: split
import keras

from benchmarks.keras_nets import BY_HAND


def rows() -> Iterator[Row]:
    """Yield one row for each net, mode and batch size."""
    modes = (
        calls.Mode("predict_on_batch", _call),
        calls.Mode("train_on_batch", _train, TRAINING_BATCHES),
    )
    yield from calls.rows(_ours, BY_HAND, lambda x: x, modes)


def _ours(spec: ns.Spec) -> Any:
    return ns.compile(spec, "keras", seed=0)


def _call(net: Any, x: Any) -> Case:
    net.compile()
    return lambda: net.predict_on_batch(x)


def _train(net: Any, x: Any) -> Case:
    net.compile(optimizer=keras.optimizers.SGD(1e-6), loss="mse")
    y = np.zeros_like(net.predict_on_batch(x))
    return lambda: net.train_on_batch(x, y)
