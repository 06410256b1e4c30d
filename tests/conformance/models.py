"""Models for conformance runs, and the checks of a step."""

from __future__ import annotations

from netspec import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Residual,
    Spec,
)

MLP = Spec("mlp", (6,), [Dense(5), BatchNorm(), ReLU(), Dropout(0.2), Dense(3)])
STEP = ("outputs", "gradients", "state")
CNN = Spec(
    "cnn",
    (2, 9, 8),
    [
        *(Conv2D(4, kernel_size=3), BatchNorm(), ReLU()),
        Residual([Conv2D(4, kernel_size=3, padding=1, name="conv"), LeakyReLU()]),
        *(MaxPool2D(2), Flatten(), Dense(5)),
    ],
)
