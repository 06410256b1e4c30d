"""Linear regression finds the weights that made the data.

Run it with `python examples/lessons/gluon/linear_regression.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import Dense, InitPolicy, Normal, Spec
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.descent import batches, train
from lessons.lib.tables import table

TRUE_W, TRUE_B, NOISE = np.array([2.0, -3.4]), 4.2, 0.01
EXAMPLES, BATCH, EPOCHS, RATE = 1000, 10, 3, 0.03
SPEC = Spec("linear-regression", (2,), [Dense(1)], InitPolicy(Normal(0.01)))


def main() -> None:
    """Check section 6.1."""
    source = netspec.export(SPEC, "gluon") if "gluon" in FRAMEWORKS else ""
    print(source[source.index("def build") :] if source else "")
    random = np.random.default_rng(0)
    x = random.normal(size=(EXAMPLES, 2))
    y = x @ TRUE_W[:, None] + TRUE_B + random.normal(0, NOISE, (EXAMPLES, 1))
    data = batches(x.astype("float32"), y.astype("float32"), BATCH, EPOCHS)
    # the text's loss is half the squared error, so its rate is half as well
    half = Optimizer("sgd", lr=RATE / 2)
    found = {name: train(SPEC, name, data, half, "mse") for name in FRAMEWORKS}
    solved = {
        name: (*run.params["0.weight"][0], *run.params["0.bias"])
        for name, run in found.items()
    }
    true = (*TRUE_W, TRUE_B)
    rows = [(n, *(f"{v:.4f}" for v in s)) for n, s in {"true": true, **solved}.items()]
    table(["", "w1", "w2", "b"], rows, "What was found")
    # What is left of the start after each step shrinks by 1 - RATE; what a step adds of
    # the noise has the variance RATE / (2 - RATE) * NOISE^2 / BATCH
    steps = EXAMPLES * EPOCHS // BATCH
    start = (1 - RATE) ** steps * math.hypot(*true)
    allowed = start + 6 * NOISE * math.sqrt(RATE / (2 - RATE) / BATCH)
    error = max(abs(np.subtract(s, true)).max() for s in solved.values())
    claim(
        "gluon 6.1",
        "Three epochs of linear regression find `w = [2, -3.4]` and `b = 4.2` in every"
        " framework.",
        f"at most {error:.1g} off, of {allowed:.1g} that noise and 300 steps leave",
        error <= allowed,
    )
    w, b = solved[FRAMEWORKS[0]][:2], solved[FRAMEWORKS[0]][2]
    loss = float(np.mean((x @ np.array(w) + b - y[:, 0]) ** 2) / 2)
    floor = NOISE**2 / 2
    spread = floor * 6 * math.sqrt(2 / EXAMPLES)  # of the mean of squares
    claim(
        "gluon 6.1",
        "The loss after the last epoch is that of the noise in the data, 0.01^2 / 2.",
        f"{loss:.3g}, the noise alone {floor:.3g} within {spread:.1g}",
        abs(loss - floor) <= spread + 3 * allowed**2 / 2,
    )


if __name__ == "__main__":
    main()
