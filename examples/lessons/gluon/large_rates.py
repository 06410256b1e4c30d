"""BatchNorm allows larger learning rates."""

from __future__ import annotations

import math

import data
import netspec
from lesson import FRAMEWORKS, claim, pictures
from lesson.descent import batches, images, train
from lesson.tables import listed
from netspec import BatchNorm, Dense, ReLU, Spec
from netspec.contract import Arrays, Optimizer

EXAMPLES, BATCH, CHANCE = 6400, 64, math.log(data.CLASSES)
RATES, STDS = (0.001, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0), (0.01, 0.1, 1.0)


def net(*norm: netspec.Layer) -> Spec:
    """Three hidden layers, with what stands before each ReLU."""
    hidden = [Dense(64), *norm, ReLU()] * 3
    return Spec("deep", (784,), [*hidden, Dense(data.CLASSES)], init="he")


PLAIN, NORMAL = net(), net(BatchNorm())
NAMES = {"plain": PLAIN, "BatchNorm": NORMAL}


def main() -> None:
    """Claims of section 12.1."""
    large = {s: [loss(s, name, 1.0) for name in FRAMEWORKS] for s in (PLAIN, NORMAL)}
    found = [dict(zip(FRAMEWORKS, values, strict=True)) for values in large.values()]
    claim(
        "gluon 12.1",
        "BatchNorm allows larger learning rates: at a rate of 1 an MLP without it ends"
        " in NaN, with it learns, in every framework.",
        f"loss {listed(found[0])}; with BatchNorm {listed(found[1])}",
        all(map(math.isnan, found[0].values())) and max(found[1].values()) < CHANCE / 2,
    )
    curves = {n: [loss(s, "torch", r) for r in RATES] for n, s in NAMES.items()}
    pictures.draw(
        *(
            "lesson_large_rates",
            "Loss after 100 steps; without BatchNorm, NaN from 1 on",
        ),
        {name: (RATES, values) for name, values in curves.items()},
        *("learning rate", "loss"),
        xscale="log",
    )


def loss(spec: Spec, name: str, rate: float, params: Arrays | None = None) -> float:
    """The mean training loss of the last ten of 100 steps."""
    known = images()
    shared = batches(known.train_x[:EXAMPLES], known.train_y[:EXAMPLES], BATCH)
    run = train(spec, name, shared, Optimizer("sgd", rate), params=params)
    return float(run.losses[-10:].mean())


if __name__ == "__main__":
    main()
