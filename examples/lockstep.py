"""A hundred identical steps in every framework, with nothing random: how far apart are
their losses?

Without dropout and by plain SGD, every framework computes the same numbers, but for
rounding. In float64 they differ in the last digits. So they do in float32, until
rounding moves the input of a ReLU across zero, or the choice of a max pool: from there
on that unit learns something else, and the runs part. Specs of smooth layers only, Tanh
in the place of ReLU, stay together.
"""

from __future__ import annotations

import math

import numpy as np

from data import Array, Dataset
from trainers import Task, train

STEPS = 100
BATCH = 128  # at most
# A power of two, since Gluon and Optax round the rate to float32 in every dtype. Small,
# since a unit that falls on the other side of zero moves the weights by the rate.
RATE = 2.0**-7
DTYPES = ("float32", "float64")

FOOTNOTE = """\
In float32, rounding can move a ReLU's input across zero; from there on that unit
learns something else, and differences grow past 1e-6. In float64 it does not."""

Losses = dict[str, Array]


def lockstep(backends: list[str], task: Task, dtype: str) -> Losses:
    """Train every backend in the same way.

    Args:
        backends: their names.
        task: of which the spec, the first weights, the images, the batch size (up to
            `BATCH`) and the seed count.
        dtype: to train in.

    Returns:
        The loss of each step by backend, float64 (STEPS,).

    Raises:
        NetspecError: a backend is missing, or cannot build the spec.
    """
    same = plain(task, dtype)
    return {name: train(name, same, quiet=True).losses[:STEPS] for name in backends}


def plain(task: Task, dtype: str) -> Task:
    """Make the task without dropout, by SGD at a constant rate, for `STEPS` steps."""
    batch = min(BATCH, task.settings.batch)
    images = few(task.images, STEPS * batch, dtype)
    settings = task.settings._replace(
        epochs=math.ceil(STEPS / (len(images.train_y) // batch)),
        batch=batch,
        lr=RATE,
        momentum=0.0,
        end_factor=1.0,
    )
    params = {path: value.astype(dtype) for path, value in task.params.items()}
    return Task(task.spec.without_dropout(), params, images, settings)


def few(images: Dataset, count: int, dtype: str) -> Dataset:
    """Take the first images in this dtype; one is enough to test with."""
    train_x, train_y, test_x, test_y = images.arrays
    return images._replace(
        train_x=train_x[:count].astype(dtype),
        train_y=train_y[:count],
        test_x=test_x[:1].astype(dtype),
        test_y=test_y[:1],
    )


def distances(losses: Losses) -> Losses:
    """How far the losses of each other backend are from those of the first one: the
    largest difference so far, (STEPS,).
    """
    first, *others = losses
    return {
        name: np.maximum.accumulate(abs(losses[name] - losses[first]))
        for name in others
    }


def table(runs: dict[str, Losses]) -> str:
    """Lay out the largest differences: backends in rows, dtypes in columns."""
    first, *others = next(iter(runs.values()))
    start, end = runs[DTYPES[0]][first][[0, -1]]
    lines = [
        f"{STEPS} steps of plain SGD, without dropout: {first}'s loss falls from"
        f" {start:.3f} to {end:.3f}.",
        "Largest difference of any step's loss from it:",
        "",
        " " * 8 + "".join(f"{dtype:>10}" for dtype in runs),
    ]
    apart = [distances(losses) for losses in runs.values()]
    for name in others:
        cells = (f"{found[name][-1]:10.1e}" for found in apart)
        lines.append(f"  {name:6}" + "".join(cells))
    lines += ["", FOOTNOTE]
    return "\n".join(lines)
