"""Signals through 100 layers of 256 units, from every kind of first weights.

Run it with `python examples/lessons/initialization/mlp100.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

from netspec import KaimingNormal, Normal

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import claim, pictures
from lessons.lib.mlp100 import CELLS, N, X, apart, chance, probed, relu, spec, stds
from lessons.lib.rounding import used
from lessons.lib.tables import table

_, _, LINEAR, _, _, KAIMING = CELLS
SHOWN, DEEP = (0, 1, 5, 10, 20, 30, 40, 60, 80, 99), 99


def main() -> None:
    """Check sections 2 and 4."""
    rows = ([k, *(float(stds(cell)[k]) for cell in CELLS)] for k in SHOWN)
    table(["std after layer", *CELLS], rows)
    draw()
    kept, drift = stds(LINEAR)[DEEP] / stds(LINEAR)[0], math.exp(chance(np.array, DEEP))
    claim(
        "initialization 2",
        "`std = sqrt(1/n)` keeps the std of a linear net for 100 layers.",
        f"times {kept:.2f}; chance explains {1 / drift:.2f} to {drift:.2f}",
        1 / drift <= kept <= drift,
    )
    kept, drift = stds(KAIMING)[DEEP] / stds(KAIMING)[0], math.exp(chance(relu, DEEP))
    claim(
        "initialization 4",
        "Kaiming's `std = sqrt(2/n)` does so with ReLU.",
        f"times {kept:.2f}; chance explains {1 / drift:.2f} to {drift:.1f}",
        1 / drift <= kept <= drift,
    )
    words = {found.verdict.word for found in probed(KAIMING).values()}
    what = "Its gradients, too, stay within 1e-6 to 1e3 in every layer and backend."
    claim("initialization 4", what, ", ".join(words), words == {"healthy"})
    same = apart(KaimingNormal(), Normal(math.sqrt(2 / N)))
    what = "`kaiming_normal_(w)` and `normal_(w, std=sqrt(2/n))` are the same law."
    claim("initialization 4", what, f"weights differ by {same:g}", same == 0)
    finite = list(CELLS)[2:]
    ratio = max(used(spec(cell), X, probed(cell).values()) for cell in finite)
    claim(
        "initialization 4",
        "The stds of all 100 layers agree between all backends.",
        f"{len(finite)} nets; at most {ratio:.2f} of what rounding allows",
        ratio <= 1,
    )


def draw() -> None:
    """Draw the stds of all nets; two of them end where float32 does."""
    seen = {cell: np.isfinite(stds(cell)) for cell in CELLS}
    curves = {
        cell: (np.flatnonzero(seen[cell]), stds(cell)[seen[cell]]) for cell in CELLS
    }
    title = "Standard deviation after each of 100 layers; N(0, 1) leaves float32"
    axes = {"yscale": "log", "ylim": (0.02, 1e6)}
    pictures.draw("mlp100", title, curves, "layer", "", **axes)


if __name__ == "__main__":
    main()
