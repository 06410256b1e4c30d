"""Gradient descent learns a kernel and its bias together.

Run it with `python examples/lessons/gluon/kernel.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.gluon.convolution import EDGES
from lessons.lib import FRAMEWORKS, claim
from lessons.lib.descent import repeated, train
from lessons.lib.tables import table

TRUE, STEPS = (1.0, -1.0, 0.5), 100  # the kernel, and the bias


def main() -> None:
    """Check section 13."""
    x = np.random.default_rng(0).normal(size=(16, 1, 6, 8))
    y = TRUE[0] * x[..., :-1] + TRUE[1] * x[..., 1:] + TRUE[2]
    pixels = np.stack([x[..., :-1], x[..., 1:], np.ones_like(y)], axis=-1).reshape(
        -1, 3
    )
    curvature = np.linalg.eigvalsh(2 * pixels.T @ pixels / len(pixels))
    rate = 1 / float(curvature[-1])
    data, runs = (repeated(x, STEPS), repeated(y, STEPS)), {}
    for name in FRAMEWORKS:
        held = train(EDGES, name, data, Optimizer("sgd", rate), "mse").params
        runs[name] = (*map(float, held["0.weight"].ravel()), float(held["0.bias"][0]))
    table(["", "left", "right", "bias"], ((n, *v) for n, v in runs.items()), "Learned")
    # each step leaves at most this part of the way, then only rounding is left
    left = (1 - rate * curvature[0]) ** STEPS
    allowed = 3 * left + 8 * 2.0**-24 * curvature[-1] / curvature[0]
    apart = max(abs(np.subtract(v, TRUE)).max() for v in runs.values())
    claim(
        "gluon 13",
        "Gradient descent learns kernel and bias together: (1, -1) and 0.5 from images"
        " that were made with them.",
        f"at most {apart:.1g} off, {allowed:.1g} allowed",
        apart <= allowed,
    )


if __name__ == "__main__":
    main()
