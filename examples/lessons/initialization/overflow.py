"""N(0, 1) weights overflow float32 in a net of 100 layers, everywhere at once.

Run it with `python examples/lessons/initialization/overflow.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.mlp100 import N, X, chance, probed, relu, spec, stds
from lessons.lib.rounding import overflow, used
from lessons.lib.tables import table

RELU, LINEAR = "N(0, 1), ReLU", "N(0, 1), linear"
SHOWN = (0, 1, 10, 20, 30, 31, 34, 35, 36)


def main() -> None:
    """Check section 1, whose program prints the std after each layer."""
    by_backend = {name: stds(RELU, name) for name in probed(RELU)}
    rows = ([k, *(float(found[k]) for found in by_backend.values())] for k in SHOWN)
    table(["std after layer", *by_backend], rows)
    for cell, layer in ((LINEAR, 31), (RELU, 35)):
        places = {found.first_infinite for found in probed(cell).values()}
        claim(
            "initialization 1",
            f"With {cell}, the first infinite value is in layer {layer} (from 0) in all"
            " backends: there the exact one exceeds 3.4e38.",
            f"layer {', '.join(str(int(str(path)) // 2) for path in places)}",
            places == {str(2 * layer)} and overflow(spec(cell), X) == 2 * layer,
        )
    nan = {found.first_nan for found in probed(RELU).values()}
    claim(
        "initialization 1",
        "One layer later `inf - inf` is NaN, with ReLU, in every backend.",
        f"layer {', '.join(str(int(str(path)) // 2) for path in nan)}",
        nan == {"72"},
    )
    std = stds(RELU)
    growth, drift = (std[30] / std[0]) ** (1 / 30), chance(relu, 30) / 30
    claim(
        "initialization 1",
        "Each layer with ReLU multiplies the std by `sqrt(n / 2)`, 11.3.",
        f"{growth:.2f}; chance explains {math.sqrt(N / 2) * drift:.2f}",
        abs(math.log(growth / math.sqrt(N / 2))) <= drift,
    )
    ratio = max(used(spec(cell), X, probed(cell).values()) for cell in (LINEAR, RELU))
    claim(
        "initialization 1",
        "Up to there the stds of all backends agree as far as rounding allows.",
        f"at most {ratio:.2f} of the tolerance",
        ratio <= 1,
    )
    if "gluon" in FRAMEWORKS:
        ends = {name: found[-1] for name, found in by_backend.items()}
        claim(
            "initialization 1",
            "Gluon's ReLU turns NaN into 0 and hides what happened: its net of 100"
            " layers returns zeros.",
            ", ".join(f"{name} {end:.0f}" for name, end in ends.items()),
            ends.pop("gluon") == 0 and np.isnan(list(ends.values())).all(),
        )


if __name__ == "__main__":
    main()
