"""What softmax leaves as it is, and the sigmoid that is in it.

Run it with `python examples/lessons/gluon/sigmoid.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from netspec import Sigmoid, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import forecast, judge

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.gluon.softmax import CLASSES, outputs
from lessons.lib import claim
from lessons.lib.tables import listed


def main() -> None:
    """Check sections 1 and 2."""
    keep_order()
    make_sigmoid()


def keep_order() -> None:
    """Compare the class of the largest output before and after."""
    x = np.random.default_rng(0).normal(size=(1000, CLASSES))
    same = {n: int((y.argmax(1) == x.argmax(1)).sum()) for n, y in outputs(x).items()}
    claim(
        "gluon 1",
        "Softmax makes probabilities of outputs, and leaves the order: the predicted"
        " class is the same without it.",
        f"of 1000 rows {listed(same)}",
        set(same.values()) == {1000},
    )


def make_sigmoid() -> None:
    """Take the softmax of two classes."""
    spec = Spec("sigmoid", (1,), [Sigmoid()])
    case = draw_case(spec, train=False, dtype="float64", batch=100)
    two = np.concatenate([case.x, np.zeros_like(case.x)], axis=1)
    expected = forecast(case).tensors["output"]
    found = outputs(two, "float64")
    used = max(judge(y[:, :1], expected).ratio for y in found.values())
    claim(
        "gluon 2",
        "The sigmoid of z is the softmax of (z, 0): for two classes they are the same.",
        f"at most {used:.2g} of what rounding explains",
        used <= 1,
    )


if __name__ == "__main__":
    main()
