"""Three remedies for vanishing gradients: ReLU, Adam and BatchNorm.

Run it with `python examples/lessons/containers/remedies.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import netspec
from netspec import BatchNorm, ReLU, Sigmoid, Spec
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.deep import CHANCE, final, learned, net
from lessons.lib.tables import table

DEPTH, STEPS = 6, 100
SGD, ADAM = Optimizer("sgd", 0.1), Optimizer("adam", 0.003)


PLAIN = net(DEPTH, "glorot", Sigmoid())
REMEDIES = {
    "sigmoid": (PLAIN, SGD),
    "ReLU": (net(DEPTH, "he", ReLU()), SGD),
    "BatchNorm": (net(DEPTH, "glorot", BatchNorm(), Sigmoid()), SGD),
    "Adam": (PLAIN, ADAM),
}


def main() -> None:
    """Check section 1.3."""
    losses = {
        name: [final(*remedy, STEPS, framework) for framework in FRAMEWORKS]
        for name, remedy in REMEDIES.items()
    }
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
        max(losses["Adam"]) < learned(0.9),
    )


def first_over_last(spec: Spec) -> float:
    """Divide the first layer's gradient by the last one's."""
    rows = netspec.probe(spec)["spec"].rows
    sizes = [row.grad_params.rms for row in rows if row.grad_params]
    return sizes[0] / sizes[-1]


if __name__ == "__main__":
    main()
