"""Shapes that agree by chance, modes that nobody set, and axes that nobody named.

Run it with `python examples/lessons/porting/shapes_and_modes.py`.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np

from netspec import Dense, Dropout, Flatten, ReLU, Spec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from data import Array
from lessons.lib.porting import Port, Way, best, check, same

ROWS = (28, 28)
BY_ROW = Way(Spec("rows", ROWS, [Dense(16), ReLU(), Flatten(), Dense(10)], init="he"))
AT_ONCE = Way(Spec("once", ROWS, [Flatten(), Dense(16), ReLU(), Dense(10)], init="he"))
MLP = Way(Spec("mlp", (784,), [*[Dense(64), ReLU()] * 2, Dense(10)], init="he"))
TOGETHER = 10  # images that follow each other, as the words of a sentence do


def dropping(rate: float) -> Way:
    """Drop units of two hidden layers."""
    hidden = [Dense(64), ReLU(), Dropout(rate)] * 2
    return Way(Spec("dropping", (784,), [*hidden, Dense(10)], init="he"))


def guessed(outputs: Array) -> Array:
    """Read the classes of rows of images, normalized by `nn.Softmax()` without dim."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, that it guesses
        rows = torch.tensor(outputs).reshape(-1, TOGETHER, outputs.shape[1])
        return best(np.asarray(torch.nn.Softmax()(rows)).reshape(outputs.shape))


def one_by_one(outputs: Array) -> Array:
    """Do so with one row of images in a batch."""
    rows = np.split(outputs, len(outputs) // TOGETHER)
    return np.concatenate([guessed(row) for row in rows])


PORTS = (
    Port(
        "porting 1",
        "`nn.Linear(28, 16)` on each row of an image, then a flattening; in Gluon"
        " `Dense(16)` flattens first. No shape is refused, and it is another net.",
        *(BY_ROW, AT_ONCE, (0.0, 0.2)),
    ),
    Port(
        "porting 17",
        "Without `eval()` half of the hidden units are dropped when the net is asked,"
        " too.",
        *(dropping(0.5), dropping(0.5)._replace(train=True), (0.05, 1.0), same),
    ),
    Port(
        "porting 18",
        "A net that keeps 0.8 of its units, built with a rate of 0.8: it learns next to"
        " nothing in the same time.",
        *(dropping(0.2), dropping(0.8), (0.2, 1.0)),
    ),
    Port(
        "porting 19",
        "`nn.Softmax()` on outputs (rows, images, classes) normalizes over the rows:"
        " what an image is taken for depends on its batch.",
        *(MLP, MLP._replace(read=guessed), (0.01, 1.0), same),
    ),
    Port(
        "porting 19",
        "In a batch of one every probability is 1, and the first class is always it.",
        *(MLP, MLP._replace(read=one_by_one), (0.4, 1.0), same),
    ),
)


def main() -> None:
    """Check sections 1 and 17 to 19."""
    for port in PORTS:
        check(port)


if __name__ == "__main__":
    main()
