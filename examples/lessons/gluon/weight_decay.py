"""Weight decay is a penalty on squared weights, and helps where data are few.

Run it with `python examples/lessons/gluon/weight_decay.py`.
"""

import sys
from pathlib import Path

import numpy as np

from netspec import Dense, InitPolicy, Normal, Spec
from netspec.contract import Array, Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.descent import repeated, train
from lessons.lib.tables import listed, table

# As in "Dive into Deep Learning": far more weights than examples
INPUTS, TRAIN, TEST = 200, 20, 100
SPEC = Spec("wide", (INPUTS,), [Dense(1)], InitPolicy(Normal(1)))
RATE, DECAY = 0.003, 3.0


def main() -> None:
    """Check section 7.2."""
    shrink()
    compare()


def shrink() -> None:
    """Take one step without any gradient."""
    zeros = np.zeros((1, 1, INPUTS), "float32"), np.zeros((1, 1, 1), "float32")
    optimizer = Optimizer("sgd", RATE, weight_decay=DECAY)
    start = {
        "0.weight": np.ones((1, INPUTS), "float32"),
        "0.bias": np.zeros(1, "float32"),
    }
    runs = {n: train(SPEC, n, zeros, optimizer, "mse", start) for n in FRAMEWORKS}
    left = {name: float(run.params["0.weight"].max()) for name, run in runs.items()}
    exact = 1 - RATE * DECAY
    claim(
        "gluon 7.2",
        "Weight decay is an L2 penalty: each step of SGD multiplies weights by 1 - rate"
        " x decay, besides what the data say.",
        f"1 - {RATE} x {DECAY:g} = {exact}; {listed(left)}",
        # rate, decay, their product and the difference are rounded
        all(abs(value - exact) <= 4 * 2.0**-24 for value in left.values()),
    )


def compare() -> None:
    """Train with and without it, on 20 examples of 200 inputs."""
    random = np.random.default_rng(0)
    x = random.normal(size=(TRAIN + TEST, INPUTS)).astype("float32")
    y = 0.01 * x.sum(axis=1, keepdims=True) + 0.05
    y = (y + random.normal(0, 0.01, y.shape)).astype("float32")
    plain, decayed = (errors(x, y, decay) for decay in (0.0, DECAY))
    heads = ["", "decay", "training loss", "test loss", "norm of the weights"]
    rows = [(n, 0.0, *v) for n, v in plain.items()]
    rows += [(n, DECAY, *v) for n, v in decayed.items()]
    table(heads, rows, "200 weights learned from 20 examples")
    test = [{n: v[1] for n, v in found.items()} for found in (plain, decayed)]
    claim(
        "gluon 7.2",
        "Without it 200 weights learn 20 examples by heart; with it they do not.",
        f"test loss {listed(test[0])} without, {listed(test[1])} with",
        all(plain[n][0] < decayed[n][0] and plain[n][1] > decayed[n][1] for n in plain),
    )


def errors(x: Array, y: Array, decay: float) -> dict[str, tuple[float, float, float]]:
    """Return the loss on training and test data, and the norm of the weights."""
    optimizer = Optimizer("sgd", RATE, weight_decay=decay)
    data = repeated(x[:TRAIN]), repeated(y[:TRAIN])
    found = {}
    for name in FRAMEWORKS:
        held = train(SPEC, name, data, optimizer, "mse").params
        squares = (x @ held["0.weight"].T + held["0.bias"] - y) ** 2 / 2
        size = float(np.linalg.norm(held["0.weight"]))
        found[name] = float(squares[:TRAIN].mean()), float(squares[TRAIN:].mean()), size
    return found


if __name__ == "__main__":
    main()
