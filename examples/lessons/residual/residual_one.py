"""The shortcut adds one to the derivative, which helps, and guarantees nothing.

Run it with `python examples/lessons/residual/residual_one.py`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from netspec import Dense, Residual, Spec, Tanh
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case, forecast, judge

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import claim
from lessons.lib.everywhere import steps

WIDTH = 6
BODY = [Dense(WIDTH), Tanh(), Dense(WIDTH)]


def main() -> None:
    """Check section 1.2."""
    add_one()
    cancel()


def add_one() -> None:
    """Compare the gradient of a block with that of its body plus what came in."""
    whole = Spec("residual", (WIDTH,), [Residual(BODY)])
    case = draw_case(whole, train=False, dtype="float64")
    inner = {path.removeprefix("0.body."): value for path, value in case.params.items()}
    alone = replace(case, spec=Spec("body", (WIDTH,), BODY), params=inner)
    expected = forecast(case).tensors["grad_input"]
    used = {}
    for name, step in steps(alone).items():
        assert step.grad_input is not None
        used[name] = judge(case.cotangent + step.grad_input, expected).ratio
    claim(
        "residual 1.2",
        "The gradient that leaves a block is the gradient that came in, plus that of"
        " its body: the `+1` of the text.",
        f"at most {max(used.values()):.2g} of what rounding explains",
        max(used.values()) <= 1,
    )


def cancel() -> None:
    """Take a body that takes its input away."""
    spec = Spec("cancel", (WIDTH,), [Residual([Dense(WIDTH, bias=False)])])
    params = {"0.body.0.weight": -np.eye(WIDTH)}
    x = np.random.default_rng(0).normal(size=(3, WIDTH))
    case = Case(spec, params, x, np.ones_like(x), False, "float64")
    left = {float(abs(np.asarray(s.grad_input)).max()) for s in steps(case).values()}
    claim(
        "residual 1.2",
        "It is no guarantee, as the text says it is: behind a body that computes `-x`"
        " the gradient is 0. First weights, though, are far from such a body.",
        f"largest gradient {max(left)}",
        left == {0.0},
    )


if __name__ == "__main__":
    main()
