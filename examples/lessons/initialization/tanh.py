"""What 100 layers of tanh do to a signal, and why Xavier's gain of 5/3 is too large.

Run it with `python examples/lessons/initialization/tanh.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

from netspec import Uniform, XavierUniform, gain

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import claim
from lessons.lib.meanfield import after, expectation, fixed_point
from lessons.lib.mlp100 import CELLS, N, apart, chance, gradients, stds
from lessons.lib.tables import table

_, _, _, SHRINKING, XAVIER, _ = CELLS
G, DEEP = gain("tanh"), 99
BOUND = G * math.sqrt(6 / (N + N))


def main() -> None:
    """Check sections 2 and 3."""
    std, gradient = stds(XAVIER), gradients(XAVIER)
    rows = ((k, float(std[k]), float(gradient[k])) for k in (0, 1, 10, 50, DEEP))
    table(["after layer", "std", "gradient"], rows)
    small, wide = stds(SHRINKING)[DEEP], math.sqrt(after(np.tanh, 1.0, DEEP + 1))
    drift = math.exp(chance(np.array, DEEP))
    claim(
        "initialization 2",
        "With tanh and `std = sqrt(1/n)` it shrinks slowly, like `1 / sqrt(2 l)`: mean"
        " field theory says how far.",
        f"{small:.3f} after 100 layers, in theory {wide:.3f}, `1 / sqrt(200)` = 0.071",
        1 / drift <= small / wide <= drift,
    )
    same = apart(Uniform(-BOUND, BOUND), XavierUniform(G))
    claim(
        "initialization 3",
        "`uniform_(-a, a)`, `a = 5/3 sqrt(6/2n)`, is `xavier_uniform_` with gain 5/3.",
        f"weights differ by {same:g}",
        same == 0,
    )
    q, settled = fixed_point(np.tanh, G), std[10:]
    limit = math.sqrt(q) / G
    claim(
        "initialization 3",
        "It holds the std of a tanh net at a fixed point, from layer 10 on.",
        f"{settled.min():.3f} to {settled.max():.3f}, in theory {limit:.3f}",
        max(abs(np.log(settled / limit))) <= chance(np.tanh, 1),
    )
    growth = (gradient[0] / gradient[DEEP]) ** (1 / DEEP)
    slope = G * math.sqrt(expectation(lambda z: np.cosh(z) ** -4.0, q))
    drift = chance(lambda z: z * np.cosh(z) ** -2.0, DEEP) / DEEP
    claim(
        "initialization 3",
        "But gradients grow by a tenth in each layer, and explode after 100.",
        f"times {growth:.3f}, in theory {slope:.3f}; chance explains {drift:.3f}",
        abs(math.log(growth / slope)) <= drift,
    )


if __name__ == "__main__":
    main()
