"""Softmax regression and a multilayer perceptron learn Fashion-MNIST.

Run it with `python examples/lessons/gluon/classifiers.py`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path

import netspec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, SPECS, claim
from lessons.lib.images import gray, images
from lessons.lib.tables import listed, table
from trainers import Task, train
from training import Settings

BATCH, STEPS = 256, 700  # 3 epochs of 60,000 images
ERROR = 0.5 / math.sqrt(len(images().test_y))  # largest, of a fraction of test images


def main() -> None:
    """Check sections 6.2 and 6.3."""
    flat = trained("softmax_regression", 0.1)
    slow = trained("mlp_256", 0.01, FRAMEWORKS[-1:])
    hidden = trained("mlp_256", 0.5)
    rows = {"softmax regression, 0.1": flat, "MLP, 0.5": hidden}
    title = f"{images().name}: right on test images, by learning rate"
    table(["", *FRAMEWORKS], ((k, *v.values()) for k, v in rows.items()), title)
    claim(
        "gluon 6.2",
        "Softmax regression with the text's batch, rate and first weights tells more"
        " than four of five images right, in every framework.",
        listed(flat),
        min(flat.values()) > 0.8,
    )
    claim(
        "gluon 6.3",
        "The text's rate of 0.01 is small for its MLP: after as many steps it is"
        " behind softmax regression.",
        listed(slow),
        max(slow.values()) < min(flat.values()) - 3 * ERROR,
    )
    claim(
        "gluon 6.3",
        "With a rate of 0.5 the hidden layer of 256 units with ReLU tells more right"
        " than softmax regression can, by more than chance.",
        f"{listed(hidden)}; standard error at most {ERROR:.2g}",
        min(hidden.values()) > max(flat.values()) + 3 * ERROR,
    )


def trained(
    name: str, rate: float, frameworks: Sequence[str] = FRAMEWORKS
) -> dict[str, float]:
    """Train by each framework's own loop; return the accuracies on test images."""
    spec = netspec.load(SPECS / f"{name}.yaml")
    epochs = math.ceil(STEPS / (len(images().train_y) // BATCH))
    constant = Settings(epochs, BATCH, rate, momentum=0.0, end_factor=1.0)
    task = Task(spec, netspec.init_params(spec, 0), gray(), constant)
    return {name: train(name, task, quiet=True).accuracy for name in frameworks}


if __name__ == "__main__":
    main()
