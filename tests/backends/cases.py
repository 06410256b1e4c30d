"""A model and a batch that show most of what can go wrong in a step."""

from __future__ import annotations

import numpy as np

from netspec import layers as nl
from netspec.spec import Spec

SPEC = Spec(
    "net",
    (3, 6, 5),
    [
        nl.Conv2D(4, kernel_size=3),
        nl.BatchNorm(),
        nl.Dropout(0.5),
        nl.Residual([nl.Dense(3)]),
        nl.GlobalAvgPool2D(),
    ],
)

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(5, *SPEC.input_shape))
COTANGENT = RANDOM.normal(size=(5, *SPEC.output_shape))
