"""Nets that do not train: sigmoids, and small random weights, with depth.

Run it with `python examples/lessons/stability/standstill.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import InitPolicy, Normal, ReLU, Sigmoid
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.deep import CHANCE, WIDTH, final, first, net
from lessons.lib.descent import train
from lessons.lib.tables import table

STEPS, DEPTH, RATES = 60, 60, (0.01, 1.0, 100.0)
DEEP = net(DEPTH, "glorot", Sigmoid())
SMALL = InitPolicy(Normal(0.01))


def main() -> None:
    """Check sections 1.3.2 and 2.3."""
    still = {name: [untouched(name, rate) for rate in RATES] for name in FRAMEWORKS}
    table(["layers untouched", *map(str, RATES)], ((n, *c) for n, c in still.items()))
    counts = [count for row in still.values() for count in row]
    claim(
        "stability 1.3.2",
        f"{DEPTH} layers of sigmoids train at the top only, whatever the rate: the"
        " lower half keeps every bit of its weights.",
        f"rates {RATES[0]:g} to {RATES[-1]:g}: {min(counts)} to {max(counts)} of"
        f" {DEPTH + 1} layers untouched in {STEPS} steps",
        min(counts) >= DEPTH / 2 and max(counts) <= DEPTH,
    )
    shallow, deep = (losses(depth) for depth in (1, 10))
    claim(
        "stability 2.3",
        "Weights of std 0.01 are good enough for one hidden layer, in every framework.",
        f"loss {max(shallow):.2f} after {STEPS} steps, `ln 10` is {CHANCE:.2f}",
        max(shallow) < CHANCE / 2,
    )
    claim(
        "stability 2.3",
        "With 10 hidden layers the same weights do not learn at all.",
        f"loss {min(deep):.3f}, `ln 10` is {CHANCE:.3f}",
        min(deep) > 0.99 * CHANCE,
    )
    rows = netspec.probe(net(10, SMALL, ReLU()))["spec"].rows
    stds, shrink = [row.output.std for row in rows[1:-1:2]], 0.01 * (WIDTH / 2) ** 0.5
    shrunk = (stds[-1] / stds[0]) ** (1 / 9)
    claim(
        "stability 2.3",
        "There each layer shrinks the signal, by about `0.01 sqrt(n / 2)`.",
        f"times {shrunk:.3f} a layer, in theory {shrink:.3f}, to {stds[-1]:.0e}",
        abs(math.log(shrunk / shrink)) <= 3.29 / 2 * math.sqrt(5 / WIDTH / 9),
    )


def untouched(backend: str, rate: float) -> int:
    """Count the layers from the input on whose weights training leaves as they are."""
    before = netspec.init_params(DEEP, 0)
    after = train(DEEP, backend, first(STEPS), Optimizer("sgd", rate)).params
    paths = [path for path in before if path.endswith("weight")]
    return [np.array_equal(before[path], after[path]) for path in paths].index(False)


def losses(depth: int) -> list[float]:
    """Return the loss after training in each framework."""
    spec, descent = net(depth, SMALL, ReLU()), Optimizer("sgd", 0.1)
    return [final(spec, descent, STEPS, name) for name in FRAMEWORKS]


if __name__ == "__main__":
    main()
