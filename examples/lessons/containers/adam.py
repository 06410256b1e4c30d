"""Adam's first step does not depend on the size of the gradient.

Run it with `python examples/lessons/containers/adam.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import Sigmoid
from netspec.contract import Array, Numerics, Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.deep import first, net
from lessons.lib.descent import train
from lessons.lib.tables import table

NET, WEIGHT = net(6, "glorot", Sigmoid()), "0.weight"
ADAM = Optimizer("adam", 0.003)
FAR = Optimizer("sgd", 1024.0)  # so far that rounding of weights does not show


def main() -> None:
    """Check section 1.3."""
    start = netspec.init_params(NET, 0)[WEIGHT]
    # Of the weights, of a few operations, and of 1 - beta2
    rounding = 2.0**-24 * (abs(start).max() / rate(ADAM) + 16 + 1 / (1 - ADAM.beta2))
    moved = {name: float(np.median(move(name, ADAM, start))) for name in FRAMEWORKS}
    g = {name: float(np.median(move(name, FAR, start))) for name in FRAMEWORKS}
    wanted = {name: g[name] / (g[name] + eps(name)) for name in FRAMEWORKS}
    table(["median", *FRAMEWORKS], (["g", *g.values()], ["Adam / lr", *moved.values()]))
    claim(
        "containers 1.3",
        "Adam first moves a weight of gradient g by `lr g / (g + eps)`, nearly `lr`;"
        " Gluon's `eps` counts `1 / sqrt(1 - beta2)` times.",
        ", ".join(f"{name} {value:.3f} lr" for name, value in moved.items())
        + f" for a median g of {g[FRAMEWORKS[0]]:.1e}",
        all(abs(moved[name] - wanted[name]) <= rounding for name in FRAMEWORKS),
    )


def move(backend: str, optimizer: Optimizer, start: Array) -> Array:
    """Measure the first step of the first layer, over the learning rate."""
    trained = train(NET, backend, first(1), optimizer).params[WEIGHT]
    return np.asarray(abs(trained - start) / rate(optimizer))


def rate(optimizer: Optimizer) -> float:
    """Return the learning rate."""
    return optimizer.rates(1)[0]


def eps(backend: str) -> float:
    """Return what the framework adds to g in the first step."""
    numerics = getattr(netspec.backend(backend), "numerics", Numerics())
    if numerics.adam_eps == "corrected":
        return ADAM.eps
    return float(ADAM.eps / np.sqrt(1 - ADAM.beta2))


if __name__ == "__main__":
    main()
