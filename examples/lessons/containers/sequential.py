"""`nn.Sequential` runs its layers in order; Dropout works in training only.

Run it with `python examples/lessons/containers/sequential.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scipy.stats import binom

import netspec
from netspec import BatchNorm, Dropout, ReLU, Spec
from netspec.contract import Array

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.sequential import BATCH, HIDDEN, X, net, trace
from lessons.lib.tables import table

RATE = 0.3
PLAIN, DROPPED = net(ReLU()), net(ReLU(), BatchNorm(), Dropout(RATE))


def main() -> None:
    """Check sections 2 and 4."""
    print(netspec.export(PLAIN, "torch").partition("def build")[2])
    traces = {name: trace(PLAIN, name) for name in FRAMEWORKS}
    shapes = [[y.shape for y in t.outputs.values()] for t in traces.values()]
    stated = [(BATCH, *shape) for shape in PLAIN.shapes().values()]
    table(["path", "output"], zip(PLAIN.shapes(), stated, strict=True))
    claim(
        "containers 2",
        "Layers run in their order: a Linear sets the width, a ReLU keeps it, in every"
        " framework.",
        f"widths {', '.join(str(width) for _, width in stated)}",
        all(found == [(BATCH, n) for n in (64, 64, 32, 32, 10)] for found in shapes),
    )
    dropped = {name: trace(DROPPED, name).outputs for name in FRAMEWORKS}
    total = BATCH * HIDDEN[0]
    low, high = binom.interval(1 - 1e-6, total, 1 - RATE)
    kept = {name: int((y["3"] != 0).sum()) for name, y in dropped.items()}
    claim(
        "containers 4",
        f"`Dropout({RATE})` sets 3 of 10 values to 0 in training in every framework.",
        ", ".join(f"{name} {1 - count / total:.3f}" for name, count in kept.items()),
        all(low <= count <= high for count in kept.values()),
    )
    off = max(scaled(y["2"], y["3"]) for y in dropped.values())
    claim(
        "containers 4",
        "It divides those that it keeps by 0.7, so that their mean stays.",
        f"off by {off:.1e}, relative; rounding explains {4 * 2.0**-24:.1e}",
        off <= 4 * 2.0**-24,
    )
    apart = max(difference(DROPPED, DROPPED.without_dropout(), n) for n in FRAMEWORKS)
    what = "In evaluation it does nothing."
    claim("containers 4", what, f"outputs differ by {apart:g}", apart == 0)


def scaled(x: Array, y: Array) -> float:
    """Measure how far, relatively, kept values are from ``x / (1 - rate)``."""
    kept = y != 0
    return float(abs(y[kept] / (x[kept].astype(float) / (1 - RATE)) - 1).max())


def difference(one: Spec, other: Spec, backend: str) -> float:
    """Return the largest difference of their outputs in evaluation mode."""
    own = netspec.backend(backend)
    first, second = (own.forward(own.compile(s, seed=0), s, X) for s in (one, other))
    return float(abs(first - second).max())


if __name__ == "__main__":
    main()
