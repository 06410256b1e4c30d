"""What normalizations keep and add: when it shows, and when it hardly does.

Run it with `python examples/lessons/porting/running_statistics.py`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from netspec import (
    BatchNorm,
    Dense,
    InitPolicy,
    Layer,
    LayerNorm,
    Normal,
    ReLU,
    Spec,
)

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib.porting import BATCH, Port, Way, check, same
from netspec.contract import Optimizer

SMALL = 4
GENTLE = Optimizer("sgd", lr=0.1 * SMALL / BATCH)  # the rate follows the batch


def net(norm: Layer) -> Way:
    """Put a normalization before each of two ReLUs."""
    hidden = [Dense(64), norm, ReLU()] * 2
    return Way(Spec("normal", (784,), [*hidden, Dense(10)], init="torch"))


def faint(eps: float) -> Way:
    """Draw its first weights so small that eps counts beside their variances."""
    way = net(LayerNorm(eps=eps))
    return way._replace(spec=replace(way.spec, init=InitPolicy(Normal(0.001))))


def small(norm: Layer) -> Way:
    """Train it on batches of four."""
    return net(norm)._replace(batch=SMALL, optimizer=GENTLE, steps=320)


PORTS = (
    Port(
        "porting 12",
        "Gluon's momentum of 0.9 taken over into PyTorch, with batches of four: it is"
        " trained alike, and evaluated with the statistics of the last few images.",
        *(small(BatchNorm(decay=0.9)), small(BatchNorm(decay=0.1)), (0.03, 1.0)),
    ),
    Port(
        "porting 13",
        "Biased in place of unbiased running variances: with batches of four, where"
        " they differ by 4/3, it hardly matters here.",
        small(BatchNorm(running_variance="unbiased")),
        small(BatchNorm(running_variance="biased")),
        (-0.03, 0.03),
    ),
    Port(
        "porting 14",
        "Trained with an eps of 1e-3 and run with 1e-5: beside variances of usual size"
        " neither counts, and it does not matter here.",
        *(net(BatchNorm(eps=1e-3)), net(BatchNorm(eps=1e-5)), (-0.01, 0.01), same),
    ),
    Port(
        "porting 15",
        "After 50 steps a decay of 0.99 has forgotten less than half of the first"
        " statistics, and evaluation suffers.",
        net(BatchNorm(decay=0.9))._replace(steps=50),
        net(BatchNorm(decay=0.99))._replace(steps=50),
        (0.01, 1.0),
    ),
    Port(
        "porting 15",
        "After 500 steps it makes no difference any more.",
        net(BatchNorm(decay=0.9))._replace(steps=500),
        net(BatchNorm(decay=0.99))._replace(steps=500),
        (-0.02, 0.02),
    ),
    Port(
        "porting 16",
        "Trained with Flax's epsilon of 1e-6 and run with Keras' 1e-3: beside variances"
        " of usual size neither counts, and it does not matter here.",
        *(net(LayerNorm(eps=1e-6)), net(LayerNorm(eps=1e-3)), (-0.01, 0.01), same),
    ),
    Port(
        "porting 16",
        "With first weights N(0, 0.001) the variances are small, too; trained with 1e-3"
        " in place of 1e-6 the net is behind.",
        *(faint(1e-6), faint(1e-3), (0.01, 1.0)),
    ),
)


def main() -> None:
    """Check sections 12 to 16."""
    for port in PORTS:
        check(port)


if __name__ == "__main__":
    main()
