"""BatchNorm allows larger learning rates.

Run it with `python examples/lessons/gluon/large_rates.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import netspec
from netspec import BatchNorm, Dense, ReLU, Spec
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

import data
from lessons.lib import FRAMEWORKS, claim, pictures
from lessons.lib.deep import CHANCE, final
from lessons.lib.tables import listed

STEPS, RATES = 100, (0.001, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0)


def net(*norm: netspec.Layer) -> Spec:
    """Build three hidden layers, with what stands before each ReLU."""
    hidden = [Dense(64), *norm, ReLU()] * 3
    return Spec("deep", (784,), [*hidden, Dense(data.CLASSES)], init="he")


PLAIN, NORMAL = net(), net(BatchNorm())
NAMES = {"plain": PLAIN, "BatchNorm": NORMAL}


def main() -> None:
    """Check section 12.1."""
    large = {s: [loss(s, 1.0, name) for name in FRAMEWORKS] for s in (PLAIN, NORMAL)}
    found = [dict(zip(FRAMEWORKS, values, strict=True)) for values in large.values()]
    claim(
        "gluon 12.1",
        "BatchNorm allows larger learning rates: at a rate of 1 an MLP without it ends"
        " in NaN, with it learns, in every framework.",
        f"loss {listed(found[0])}; with BatchNorm {listed(found[1])}",
        all(map(math.isnan, found[0].values())) and max(found[1].values()) < CHANCE / 2,
    )
    curves = {n: [loss(s, r) for r in RATES] for n, s in NAMES.items()}
    pictures.draw(
        *("large_rates", "Loss after 100 steps; without BatchNorm, NaN from 1 on"),
        {name: (RATES, values) for name, values in curves.items()},
        *("learning rate", "loss"),
        xscale="log",
    )


def loss(spec: Spec, rate: float, backend: str = "torch") -> float:
    """Return the mean training loss of the last ten of 100 steps."""
    return final(spec, Optimizer("sgd", rate), STEPS, backend)


if __name__ == "__main__":
    main()
