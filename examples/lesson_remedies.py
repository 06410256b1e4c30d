"""Three remedies for vanishing gradients: ReLU, Adam and BatchNorm."""

from __future__ import annotations

import math

import numpy as np

import data
import netspec
from descent import batches, images, train
from lesson import FRAMEWORKS, claim, table
from netspec import BatchNorm, Dense, Layer, ReLU, Sigmoid, Spec
from netspec.backend import Numerics
from netspec.training import Optimizer

DEPTH, WIDTH, STEPS, BATCH = 6, 64, 100, 64
RATE, FAR = 0.003, 1024.0  # so far that rounding of weights does not show
SGD, ADAM, WEIGHT = Optimizer("sgd", 0.1), Optimizer("adam", RATE), "0.weight"
SEEN = STEPS * BATCH
DATA = batches(images().train_x[:SEEN], images().train_y[:SEEN], BATCH)
CHANCE = math.log(data.CLASSES)  # the loss of a net that knows nothing


def net(init: str, *between: Layer) -> Spec:
    """Dense layers with others between them."""
    hidden = [Dense(WIDTH), *between] * DEPTH
    return Spec("deep", (784,), [*hidden, Dense(data.CLASSES)], init=init)


PLAIN = net("glorot", Sigmoid())
REMEDIES = {
    "sigmoid": (PLAIN, SGD),
    "ReLU": (net("he", ReLU()), SGD),
    "BatchNorm": (net("glorot", BatchNorm(), Sigmoid()), SGD),
    "Adam": (PLAIN, ADAM),
}


def main() -> None:
    """Claims of section 1.3."""
    losses = {name: final_losses(*remedy) for name, remedy in REMEDIES.items()}
    decay = {name: first_over_last(spec) for name, (spec, _) in REMEDIES.items()}
    rows = ((name, decay[name], *losses[name]) for name in REMEDIES)
    table(["net", "gradient, first / last", *FRAMEWORKS], rows)
    claim(
        "containers 1.3",
        f"{DEPTH} layers of sigmoids stay at chance, `ln 10`, in {STEPS} steps of SGD.",
        f"loss {min(losses['sigmoid']):.2f}; the first layer's gradient is"
        f" {decay['sigmoid']:.1e} of the last one's",
        min(losses["sigmoid"]) > 0.99 * CHANCE,
    )
    for name in ("ReLU", "BatchNorm"):
        claim(
            "containers 1.3",
            f"With {name} the gradient arrives, and the net learns in every framework.",
            f"loss {max(losses[name]):.2f}; gradient {decay[name]:.2f} of the last's",
            max(losses[name]) < CHANCE / 2 and decay[name] > 100 * decay["sigmoid"],
        )
    claim(
        "containers 1.3",
        "Adam's gradients are as small, but it divides by their size, and learns.",
        f"loss {max(losses['Adam']):.2f}",
        max(losses["Adam"]) < 0.9 * CHANCE,
    )
    moves = {name: first_move(name) for name in FRAMEWORKS}
    claim(
        "containers 1.3",
        "Adam moves a weight of gradient g by `lr g / (g + eps)` first; Gluon's `eps`"
        " counts `1 / sqrt(1 - beta2)` times.",
        "median " + ", ".join(f"{name} {m[0]:.3f} lr" for name, m in moves.items()),
        all(abs(moved - formula) <= error for moved, formula, error in moves.values()),
    )


def final_losses(spec: Spec, optimizer: Optimizer) -> list[float]:
    """The mean loss of the last ten steps in each framework."""
    return [
        float(train(spec, name, DATA, optimizer).losses[-10:].mean())
        for name in FRAMEWORKS
    ]


def first_over_last(spec: Spec) -> float:
    """The first layer's gradient over the last one's."""
    rows = netspec.probe(spec)["spec"].rows
    sizes = [row.grad_params.rms for row in rows if row.grad_params]
    return sizes[0] / sizes[-1]


def first_move(backend: str) -> tuple[float, float, float]:
    """The median step of Adam in the first layer over its rate; what the formula says
    for the gradient that SGD follows; and what rounding explains: of the weights, of a
    few operations, and of ``1 - beta2``.
    """
    first, start = (DATA[0][:1], DATA[1][:1]), netspec.init_params(PLAIN, 0)[WEIGHT]
    adam, g = (
        np.median(abs(train(PLAIN, backend, first, rule).params[WEIGHT] - start)) / lr
        for rule, lr in ((ADAM, RATE), (Optimizer("sgd", FAR), FAR))
    )
    numerics = getattr(netspec.backend(backend), "numerics", Numerics())
    raw = numerics.adam_eps == "raw"
    eps = ADAM.eps * ((1 - ADAM.beta2) ** -0.5 if raw else 1)
    unit = 2.0**-24 * (abs(start).max() / RATE + 16 + 1 / (1 - ADAM.beta2))
    return float(adam), float(g / (g + eps)), float(unit)


if __name__ == "__main__":
    main()
