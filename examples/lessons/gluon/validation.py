"""A learning rate is chosen on validation data; test data are used once, at the end.

Run it with `python examples/lessons/gluon/validation.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import netspec
from netspec.contract import Arrays, Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, SPECS, claim
from lessons.lib.descent import accuracy, batches, train
from lessons.lib.images import images
from lessons.lib.tables import listed, table

SPEC = netspec.load(SPECS / "mlp_256.yaml")
TRAIN, CHECK, BATCH, EPOCHS, RATES = 400, 500, 50, 20, (0.001, 0.01, 0.1)


def main() -> None:
    """Check section 7.1."""
    known = images()
    x, y = known.train_x, known.train_y
    held = slice(TRAIN, TRAIN + CHECK)
    scores, chosen, seen, tested = {}, {}, {}, {}
    for name in FRAMEWORKS:
        runs = {rate: learn(name, rate) for rate in RATES}
        scores[name] = {
            rate: accuracy(SPEC, name, params, x[held], y[held])
            for rate, params in runs.items()
        }
        best = chosen[name] = max(scores[name], key=scores[name].__getitem__)
        seen[name] = accuracy(SPEC, name, runs[best], x[:TRAIN], y[:TRAIN])
        tested[name] = accuracy(SPEC, name, runs[best], known.test_x, known.test_y)
    rows = ((rate, *(scores[name][rate] for name in FRAMEWORKS)) for rate in RATES)
    table(["rate", *FRAMEWORKS], rows, "Right on validation data, by rate")
    # standard errors of two fractions and of their difference
    errors = 0.5 / math.sqrt(CHECK), 0.5 / math.sqrt(len(known.test_y))
    allowed = 3 * math.hypot(*errors)
    expected = {name: max(found.values()) for name, found in scores.items()}
    claim(
        "gluon 7.1",
        "Validation data that no step has seen foretell the accuracy on test data;"
        " the training data promise too much.",
        f"rate {chosen[FRAMEWORKS[0]]}: validation {listed(expected)}, test"
        f" {listed(tested)}, training {listed(seen)}",
        all(
            abs(expected[n] - tested[n]) <= allowed < seen[n] - tested[n] for n in seen
        ),
    )


def learn(name: str, rate: float) -> Arrays:
    """Return the parameters after training on the training data alone."""
    x, y = images().train_x[:TRAIN], images().train_y[:TRAIN]
    return train(
        SPEC, name, batches(x, y, BATCH, EPOCHS), Optimizer("sgd", rate)
    ).params


if __name__ == "__main__":
    main()
