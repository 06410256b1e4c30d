"""The gradient of a deep MLP is a product of matrices, one for each layer.

The Jacobian of ``f(W h)`` is ``diag(f'(W h)) W``. Where gradients are columns, as in
the text, it is the transpose, and the factors come in the opposite order.

Run it with `python examples/lessons/stability/jacobians.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from netspec import init_params
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case, activations, forecast
from netspec.contract import Array

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.everywhere import worst
from lessons.lib.square import DEPTH, RELU, SIGMOID, WIDTH, stretches
from lessons.lib.tables import table


def main() -> None:
    """Check sections 1.1 and 1.3."""
    for name, spec in (("ReLU", RELU), ("sigmoid", SIGMOID)):
        case = draw_case(spec, train=False, dtype="float64", batch=1)
        matrix = product(case, name)
        expected = forecast(case).tensors["grad_input"]
        apart = float(np.linalg.norm(case.cotangent @ matrix - expected.exact))
        claim(
            "stability 1.1",
            f"The product of all Jacobians of a net with {name} gives the gradient that"
            " every framework computes backwards.",
            f"{apart:.1e} apart in float64; rounding explains {expected.allowed:.1e}",
            apart <= expected.allowed and worst(case) <= 1,
        )
    sizes = {name: stretches(SIGMOID, name)[0] for name in ("numpy", *FRAMEWORKS)}
    table(["backend", "largest", "smallest"], ((n, *size) for n, size in sizes.items()))
    singular = sizes.pop("numpy")[0]
    error = max(abs(size[0] - singular) for size in sizes.values())
    weights = init_params(SIGMOID, 0).values()
    norms = np.prod([np.linalg.norm(weight, 2) / 4 for weight in weights])
    allowed = DEPTH * WIDTH**1.5 * 2.0**-24 * float(norms)  # of DEPTH rounded products
    claim(
        "stability 1.3",
        "`netspec probe --jacobian` finds the singular values of that product, the same"
        " in every framework.",
        f"largest {singular:.3g}, {error:.1e} apart; at most {allowed:.1e}",
        error <= allowed,
    )


def product(case: Case, name: str) -> Array:
    """Multiply ``diag(f'(a)) W`` of all layers, the last one first."""
    seen, matrix = activations(case), np.eye(WIDTH)
    for k in range(DEPTH):
        y = seen[f"{2 * k + 1}"][0]
        slope = y > 0 if name == "ReLU" else y * (1 - y)
        matrix = np.diag(slope) @ case.params[f"{2 * k}.weight"] @ matrix
    return matrix


if __name__ == "__main__":
    main()
