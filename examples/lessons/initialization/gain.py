"""What `calculate_gain` gives back: the second moment that an activation takes away.

Run it with `python examples/lessons/initialization/gain.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import Layer, ReLU, Spec, Tanh, gain
from netspec.contract import Array

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.meanfield import Function, fixed_point, squared
from lessons.lib.mlp100 import relu
from lessons.lib.tables import table

TANH = Tanh()
COUNT, Z = 10_000, 3.29  # all but one in a thousand samples are within Z deviations


def main() -> None:
    """Check section 5, whose program compares two gains of tanh."""
    x = np.random.default_rng(1).normal(size=(COUNT, 1)).astype("float32")
    measured = {name: ratio(x, name) for name in FRAMEWORKS}
    exact = 1 / math.sqrt(squared(np.tanh))
    row = ("std of x / std of tanh x", *measured.values(), exact, gain("tanh"))
    table(["", *measured, "exact", "calculate_gain"], [row])
    error = Z * ratio_error(np.tanh)
    claim(
        "initialization 5",
        f"Tanh divides the std of {COUNT:,} values of N(0, 1) by 1.59 in every"
        " framework: by `1 / sqrt(E tanh(z)^2)`.",
        f"{max(measured.values()):.3f}, exactly {exact:.3f}; chance: {error:.3f}",
        all(abs(found - exact) <= error for found in measured.values()),
    )
    claim(
        "initialization 5",
        "That is not `calculate_gain('tanh')`, which is 5/3 by convention: no sampling"
        " error explains it.",
        f"5/3 is {(gain('tanh') - exact) / (error / Z):.0f} standard errors away",
        gain("tanh") == 5 / 3 and gain("tanh") - exact > error,
    )
    stable, usual = (math.sqrt(fixed_point(np.tanh, g)) for g in (exact, 5 / 3))
    claim(
        "initialization 5",
        "1.59 keeps inputs of tanh at std 1 in a deep net, 5/3 lets them settle higher;"
        " both hold them there.",
        f"std {stable:.4f} and {usual:.4f}",
        math.isclose(stable, 1, rel_tol=1e-9) and usual > 1,
    )
    relus, exact = ratio(x, FRAMEWORKS[0], ReLU()), 1 / math.sqrt(squared(relu))
    claim(
        "initialization 5",
        "A gain is about second moments, not variances: ReLU's `sqrt(2)` is"
        " `1 / sqrt(E relu(z)^2)`, not the ratio of stds that the text takes.",
        f"{exact:.3f} against {relus:.3f}",
        math.isclose(exact, gain("relu"), rel_tol=1e-9) and relus > 1.2 * exact,
    )


def ratio(x: Array, backend: str, layer: Layer = TANH) -> float:
    """Divide the std of a sample by that of what an activation makes of it."""
    spec = Spec("activation", (1,), [layer])
    model = netspec.compile(spec, backend, dtype="float32")
    return float(x.std() / netspec.backend(backend).forward(model, spec, x).std())


def ratio_error(f: Function) -> float:
    """Return the standard error of the ratio of two stds with mean 0 (delta method)."""
    second = squared(f)
    terms = lambda z: ((z * z - 1) - (f(z) ** 2 / second - 1)) / 2  # noqa: E731
    return math.sqrt(squared(terms) / COUNT / second)


if __name__ == "__main__":
    main()
