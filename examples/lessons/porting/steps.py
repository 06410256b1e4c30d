"""Steps that are longer, shorter or later than those that were tuned.

Run it with `python examples/lessons/porting/steps.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from netspec import Dense, ReLU, Spec
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib.porting import BATCH, Port, Way, check

MLP = Way(Spec("mlp", (784,), [*[Dense(64), ReLU()] * 2, Dense(10)], init="he"))
RATE, SLOW = 0.1, 0.02
FALL = (0.03,) * 60 + (0.003,) * 5


def sgd(rate: float | tuple[float, ...] = RATE, momentum: float = 0.0) -> Way:
    """Train by steps of SGD.

    To sum losses, and not to average them, is to multiply the rate by their number; to
    add each gradient to those before is a momentum of 1: to the letter, so that no loop
    of its own is needed here.
    """
    steps = len(rate) if isinstance(rate, tuple) else MLP.steps
    return MLP._replace(optimizer=Optimizer("sgd", rate, momentum), steps=steps)


def squares(rate: float) -> Way:
    """Train by squared differences."""
    return sgd(rate)._replace(loss="mse")


def adam(backend: str, eps: float) -> Way:
    """Train by a framework's own Adam."""
    optimizer = Optimizer("adam", 1e-3, eps=eps)
    return MLP._replace(optimizer=optimizer, backend=backend, steps=30)


PORTS = (
    Port(
        "porting 20",
        "A rate that was tuned with Gluon's L2Loss, given to MSELoss: each step is"
        " twice as long, and at this small rate the net learns faster by it.",
        *(squares(SLOW / 2), squares(SLOW), (-0.4, -0.02)),
    ),
    Port(
        "porting 21",
        "A loop of PyTorch in Gluon with `step(1)`: backward() of the vector of losses"
        " sums, the rate is 64 times too large, and the weights end in NaN.",
        *(sgd(), sgd(RATE * BATCH), (0.4, 1.0)),
    ),
    Port(
        "porting 21",
        "With `.mean()` and `step(batch_size)` it is 64 times too small.",
        *(sgd(), sgd(RATE / BATCH), (0.1, 1.0)),
    ),
    Port(
        "porting 22",
        "Without `zero_grad()` the gradients of all steps add up, as with a momentum of"
        " 1: the net hardly learns.",
        *(sgd(), sgd(momentum=1.0), (0.2, 1.0)),
    ),
    Port(
        "porting 23",
        "Adam with an eps of 1e-8 in Gluon and in PyTorch: it hardly matters.",
        *(adam("gluon", 1e-8), adam("torch", 1e-8), (-0.02, 0.02)),
    ),
    Port(
        "porting 23",
        "With an eps of 1e-3 Gluon's Adam is behind: it counts 32 times there, at"
        " first.",
        *(adam("gluon", 1e-3), adam("torch", 1e-3), (-0.5, -0.01)),
    ),
    Port(
        "porting 25",
        "Five steps after the rate falls from 0.03 to 0.003 PyTorch's net has calmed"
        " down; Gluon's still moves at the old speed, and is behind.",
        *(sgd(FALL, 0.9)._replace(backend="gluon"), sgd(FALL, 0.9), (-0.5, -0.02)),
    ),
)


def main() -> None:
    """Check sections 20 to 23 and 25."""
    for port in PORTS:
        check(port)


if __name__ == "__main__":
    main()
