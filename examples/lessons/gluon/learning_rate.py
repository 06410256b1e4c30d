"""A learning rate that is too small, right, or too large: where the limit is.

Run it with `python examples/lessons/gluon/learning_rate.py`.
"""

import sys
from pathlib import Path

import numpy as np

from netspec import Dense, Spec, Zeros
from netspec.contract import Array, Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim, pictures
from lessons.lib.descent import repeated, train
from lessons.lib.tables import listed, table

SPEC = Spec("line", (2,), [Dense(1, init={"weight": Zeros()})])
EXAMPLES, STEPS = 200, 100
STEP = np.arange(STEPS)
FACTORS = {"1/100": 0.01, "1/2": 0.5, "1.1": 1.1, "10": 10.0}


def main() -> None:
    """Check section 4.4."""
    x = np.random.default_rng(0).normal(size=(EXAMPLES, 2))
    y = x @ np.array([[2.0], [-3.4]]) + 4.2
    # Gradient descent on a quadratic loss converges below 2 / (its largest curvature)
    inputs = np.hstack([x, np.ones((EXAMPLES, 1))])
    limit = 2 / float(np.linalg.eigvalsh(2 * inputs.T @ inputs / EXAMPLES).max())
    data = repeated(x, STEPS), repeated(y, STEPS)
    runs = {
        label: {
            name: train(
                SPEC, name, data, Optimizer("sgd", factor * limit), "mse"
            ).losses
            for name in FRAMEWORKS
        }
        for label, factor in FACTORS.items()
    }
    compare(runs, limit)
    curves = {label: (STEP, found[FRAMEWORKS[-1]]) for label, found in runs.items()}
    title = "Learning rates, as parts of the largest with which it converges"
    look = {"yscale": "log", "ylim": (1e-14, 1e18)}
    pictures.draw("learning_rate", title, curves, "step", "loss", **look)


def compare(runs: dict[str, dict[str, Array]], limit: float) -> None:
    """Make the claims from the losses of every rate and framework."""
    ends = {
        label: [loss[-1] for loss in found.values()] for label, found in runs.items()
    }
    rows = ((rate, *map(float, losses)) for rate, losses in ends.items())
    table(["rate", *FRAMEWORKS], rows, "Loss after 100 steps")
    start = runs["1/2"][FRAMEWORKS[0]][0]
    small, half, above, far = ends.values()
    claim(
        "gluon 4.4",
        "With a rate that is too small, parameters move slowly: 1/50 of a good one is"
        " still far from the minimum after 100 steps.",
        f"loss {start:.3g} to {max(small):.3g}, with the good rate {max(half):.2g}",
        min(small) > max(half),
    )
    claim(
        "gluon 4.4",
        "Too large is above 2 over the largest curvature of the loss: there every step"
        " leads further away.",
        f"limit {limit:.3f}; at half of it {max(half):.2g}, at 1.1 {max(above):.3g}",
        max(half) < start < min(above),
    )
    first = {n: int(np.argmax(np.isnan(v))) for n, v in runs["10"].items()}
    infinite = {n: int(np.argmax(np.isinf(v))) for n, v in runs["10"].items()}
    claim(
        "gluon 4.4",
        "Far above it the loss overflows to inf, and then is NaN, in every framework.",
        f"inf from step {listed(infinite)}; NaN from step {listed(first)}",
        bool(np.isnan(far).all()) and all(infinite[n] < first[n] for n in first),
    )


if __name__ == "__main__":
    main()
