"""The measured nets as specs; the hand-written nets are in one file per framework."""

from __future__ import annotations

import netspec as ns
from benchmarks import image_nets, sequence_nets

BATCHES = (1, 64, 1024)
TRAINING_BATCHES = (2, 64, 1024)  # one example has no variance
BLOCKS = 20
DEPTH, WIDTH = 100, 256

MLP = [
    ns.Dense(256),
    ns.BatchNorm(),
    ns.ReLU(),
    ns.Dense(256),
    ns.ReLU(),
    ns.Dense(10),
]


def _stage(channels: int) -> list[ns.Layer]:
    return [
        ns.Conv2D(channels, kernel_size=3, padding=1),
        ns.BatchNorm(),
        ns.ReLU(),
        ns.MaxPool2D(2),
    ]


CNN = [*_stage(16), *_stage(32), ns.Flatten(), ns.Dense(10)]

RESIDUAL = [
    *(ns.Residual([ns.Dense(256), ns.ReLU()]) for _ in range(BLOCKS)),
    ns.Dense(10),
]

SPECS = {
    "MLP": ns.Spec("mlp", (784,), MLP),
    "CNN": ns.Spec("cnn", (1, 28, 28), CNN),
    "residual MLP": ns.Spec("residual", (256,), RESIDUAL),
    **image_nets.SPECS,
    **sequence_nets.SPECS,
}


SIZES = {  # of the batches of nets that have their own
    **dict.fromkeys(image_nets.SPECS, image_nets.SIZES),
    **dict.fromkeys(sequence_nets.SPECS, sequence_nets.SIZES),
}

ATTENTION = ns.Spec("attention", (64, 512), [ns.MultiHeadAttention(8)])


def deep_spec() -> ns.Spec:
    """Make a spec of 100 layers of 256 units that starts as nn.Linear does."""
    layers = [layer for _ in range(DEPTH) for layer in (ns.Dense(WIDTH), ns.ReLU())]
    return ns.Spec("deep", (WIDTH,), layers, init="torch")
