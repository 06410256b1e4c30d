"""Gradients vanish and explode in a chain of neurons, computed by hand.

Each layer is one neuron without a bias: ``a = w1 x, h = f(a), b = w2 h, k = f(b)``, and
the output ``w3 k``. By the chain rule the gradient of w1 is ``x f'(a) w2 f'(b) w3``.

Run it with `python examples/lessons/containers/chain.py`.
"""

import sys
from math import exp, inf
from pathlib import Path

import numpy as np

from netspec import Dense, Layer, ReLU, Sigmoid, Spec
from netspec.conformance.judging import Case, forecast

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.everywhere import steps, worst
from lessons.lib.tables import table

STEEPEST = 1 / 4  # slope of the sigmoid, at 0


def main() -> None:
    """Check sections 1.1 and 1.2."""
    bound, hand = 0.5**3 * STEEPEST**2, by_hand(0.5)
    cases = [chain(3, Sigmoid(), 0.5, dtype) for dtype in ("float32", "float64")]
    rows = ((case.dtype, hand, *first(case)) for case in cases)
    table(["gradient of w1", "by hand", *FRAMEWORKS], rows)
    what = "With `x = w = 0.5` and sigmoids, the gradient of w1 is below 1/2^7."
    claim("containers 1.1", what, f"{hand:.5f} < {bound:.5f}", hand < bound == 2.0**-7)
    for case in cases:
        apart = max(abs(found - hand) for found in first(case))
        allowed = forecast(case).tensors["grad 0.weight"].allowed
        claim(
            "containers 1.1",
            f"In {case.dtype} every framework finds what the product formula gives.",
            f"{apart:.1e} apart; rounding explains {allowed:.1e}",
            apart <= allowed and worst(case) <= 1,
        )
    squashed = max(first(chain(3, Sigmoid(), 2.0)))
    claim(
        "containers 1.2",
        "With `x = w = 2` it is `2^3 f'(a) f'(b)`, which sigmoids keep below 1/2: the"
        " weights alone do not make it explode.",
        f"{squashed:.4f} < 0.5",
        0 < squashed < 2**3 * STEEPEST**2,
    )
    grown = {n: set(first(chain(n, ReLU(), 2.0))) for n in (3, 6, 12)}
    claim(
        "containers 1.2",
        "With ReLU, whose slope is 1 here, it is exactly `2^n` after n layers.",
        ", ".join(f"n = {n}: {max(found):g}" for n, found in grown.items()),
        all(found == {2.0**n} for n, found in grown.items()),
    )
    small, large = (set(first(chain(12, ReLU(), 2.0**k))) for k in (-14, 11))
    what = "A gradient too small for float32 becomes 0, not NaN: nothing moves."
    claim("containers 1.1", what, f"2^-168 becomes {max(small)}", small == {0.0})
    what = "A gradient too large for float32 becomes infinite."
    claim("containers 1.2", what, f"2^132 becomes {max(large)}", large == {inf})


def chain(length: int, layer: Layer, weight: float, dtype: str = "float32") -> Case:
    """Build a chain with all weights equal to the input; the output's gradient is 1."""
    spec = Spec("chain", (1,), ([Dense(1, bias=False), layer] * length)[:-1])
    params = dict.fromkeys(spec.parameters(), value := np.full((1, 1), weight, dtype))
    return Case(spec, params, value, np.ones((1, 1), dtype), False, dtype)


def by_hand(weight: float) -> float:
    """Compute the product above, where ``x = w1 = w2 = w3`` and f' is f (1 - f)."""
    h = 1 / (1 + exp(-weight * weight))
    k = 1 / (1 + exp(-weight * h))
    return weight * h * (1 - h) * weight * k * (1 - k) * weight


def first(case: Case) -> list[float]:
    """Return the gradient of the first weight in each framework."""
    return [step.grad_params["0.weight"].item() for step in steps(case).values()]


if __name__ == "__main__":
    main()
