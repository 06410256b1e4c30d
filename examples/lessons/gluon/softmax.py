"""Softmax by its three steps, and where they fail.

Run it with `python examples/lessons/gluon/softmax.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from netspec import Softmax, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case
from netspec.contract import Array

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import claim
from lessons.lib.everywhere import steps, worst
from lessons.lib.proof import by_hand
from lessons.lib.tables import listed, table

CLASSES = 5


def main() -> None:
    """Check section 3.1."""
    spec = Spec("softmax", (CLASSES,), [Softmax()])
    case = draw_case(spec, train=False, dtype="float64", batch=100)
    verdict, used = by_hand(spec, lambda case: softmax(case.x)), worst(case)
    sums = softmax(case.x).sum(axis=1)
    claim(
        "gluon 3.1",
        "exp, the sum of each row, and a division make the softmax of every framework;"
        " each row of 100 x 5 outputs then has the sum 1.",
        f"sums 1 to within {abs(sums - 1).max():.1g}; {verdict.ratio:.2g} and"
        f" {used:.2g} of what rounding explains",
        verdict.good and used <= 1 and abs(sums - 1).max() < CLASSES * 2.0**-52,
    )
    overflow()


def softmax(x: Array) -> Array:
    """Run the program of the text, in NumPy."""
    powers = np.exp(x)
    partition: Array = powers.sum(axis=1, keepdims=True)
    return np.asarray(powers / partition)


def outputs(x: Array, dtype: str = "float32") -> dict[str, Array]:
    """Return the softmax of each framework."""
    spec = Spec("softmax", x.shape[1:], [Softmax()])
    x = x.astype(dtype)
    found = steps(Case(spec, {}, x, np.zeros_like(x), False, dtype))
    return {name: step.output for name, step in found.items()}


def overflow() -> None:
    """Take the text's own example, outputs 100, 10 and 0.1."""
    x = np.array([[100.0, 10.0, 0.1]])
    with np.errstate(over="ignore", invalid="ignore"):
        naive = softmax(x.astype(np.float32))[0, 0]
    found = {name: float(y[0, 0]) for name, y in outputs(x).items()}
    table(["", "p"], found.items(), "Probability of the first class for 100, 10, 0.1")
    claim(
        "gluon 3.1",
        "In float32 the three steps alone fail for an output of 100, since `exp(100)`"
        " is infinite. Frameworks subtract the largest output first.",
        f"three steps {naive}, {listed(found)}",
        np.isnan(naive) and set(found.values()) == {1.0},
    )


if __name__ == "__main__":
    main()
