"""Optimizers and losses of Keras, as users make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from netspec.contract import Loss, Optimizer


def to_keras(optimizer: Optimizer) -> Any:
    """Make Keras's optimizer, whose learning rate is set at each step. Weight decay is
    left out: Keras's own is decoupled (AdamW), and so is added to the gradient.
    """
    if optimizer.method == "sgd":
        return keras.optimizers.SGD(0.0, momentum=optimizer.momentum)
    return keras.optimizers.Adam(
        0.0,
        beta_1=optimizer.beta1,
        beta_2=optimizer.beta2,
        epsilon=optimizer.eps,
    )


LOSSES: dict[Loss, Callable[[], Any]] = {
    "mse": keras.losses.MeanSquaredError,
    "cross_entropy": lambda: keras.losses.SparseCategoricalCrossentropy(
        from_logits=True
    ),
}
