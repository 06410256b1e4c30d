"""How often parameters move in an epoch, and what that comes to.

Run it with `python examples/lessons/gluon/updates.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from netspec import Dense, Spec
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.descent import accuracy, batches, train
from lessons.lib.images import images
from lessons.lib.tables import listed, table
from training import Settings

SPEC = Spec("softmax-regression", (784,), [Dense(10)])
EXAMPLES, SIZES = 2000, (10, 100, 2000)
SGD = Optimizer("sgd", lr=0.003)


def main() -> None:
    """Check sections 4.1, 4.2, 5 and 5.1."""
    whole, parts, single = (updates(2000, size) for size in (2000, 200, 1))
    one, ten = updates(50_000, 500), updates(50_000, 500, epochs=10)
    claim(
        "gluon 4.1",
        "Gradient descent takes all examples for an update: one an epoch.",
        f"{whole} for 2000 examples",
        whole == 1,
    )
    claim(
        "gluon 4.2",
        "Stochastic gradient descent takes one example: as many updates as examples.",
        f"{single} for 2000 examples",
        single == 2000,
    )
    claim(
        "gluon 5",
        "2000 examples in batches of 200 are 10 updates an epoch.",
        parts,
        parts == 10,
    )
    claim(
        "gluon 5.1",
        "50,000 images in batches of 500 are 100 updates an epoch, 1000 in ten epochs.",
        f"{one}, {ten}",
        (one, ten) == (100, 1000),
    )
    found = {size: after_one_epoch(size) for size in SIZES}
    rows = ((size, *scores.values()) for size, scores in found.items())
    table(["batch", *FRAMEWORKS], rows, "Images told apart after one epoch")
    small, middle, all_at_once = found.values()
    claim(
        "gluon 5.1",
        "With the same rate, a large batch needs more epochs: after one, small batches"
        " have learned more, in every framework.",
        f"right with batches of 10: {listed(small)}; 100: {listed(middle)}; 2000:"
        f" {listed(all_at_once)}",
        min(small.values()) > max(middle.values())
        and min(middle.values()) > max(all_at_once.values()),
    )


def updates(examples: int, size: int, epochs: int = 1) -> int:
    """Count them in the loop that the examples train with."""
    every = Settings(epochs=epochs, batch=size).epochs_of_batches(examples)
    return sum(len(rows) for rows in every)


def after_one_epoch(size: int) -> dict[str, float]:
    """Return the fraction of 2000 images that each framework tells apart after it."""
    x, y = images().train_x[:EXAMPLES], images().train_y[:EXAMPLES]
    data = batches(x, y, size)
    runs = {name: train(SPEC, name, data, SGD).params for name in FRAMEWORKS}
    return {name: accuracy(SPEC, name, held, x, y) for name, held in runs.items()}


if __name__ == "__main__":
    main()
