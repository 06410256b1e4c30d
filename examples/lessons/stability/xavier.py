"""Xavier's derivation: forward and backward variance by depth, for three fans.

Run it with `python examples/lessons/stability/xavier.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import Dense, InitPolicy, Spec, XavierUniform

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim, pictures
from lessons.lib.alternating import DEPTH, NARROW, WIDE, WIDTHS, chance, net, variances

LOSS = 4 * WIDE * NARROW / (WIDE + NARROW) ** 2  # of a pair of layers, by Xavier


def main() -> None:
    """Check sections 2.2 and 2.4."""
    seen = {fan: variances(net(fan)) for fan in ("fan_in", "fan_out", "fan_avg")}
    title = "Variance of the signal, from 256 to 64 units and back"
    curves = {f"1 / {fan}": (np.arange(DEPTH), both[0]) for fan, both in seen.items()}
    pictures.draw("xavier", title, curves, "layer", "", yscale="log")
    low, high = chance(WIDTHS[1:])
    last = float(seen["fan_in"][0][-1])
    claim(
        "stability 2.2",
        "`1 / fan_in` keeps the variance of the signal, whatever the widths.",
        f"times {last:.2f} in {DEPTH} layers; chance explains {low:.2f} to {high:.2f}",
        low <= last <= high,
    )
    low, high = chance(WIDTHS[1:-1])
    first = float(seen["fan_out"][1][0])
    claim(
        "stability 2.2",
        "`1 / fan_out` keeps the variance of the gradient.",
        f"times {first:.2f} in {DEPTH - 1} layers; chance explains {low:.2f} to"
        f" {high:.2f}",
        low <= first <= high,
    )
    theory, (low, high) = LOSS ** (DEPTH // 2), chance(WIDTHS[1:])
    last = float(seen["fan_avg"][0][-1])
    claim(
        "stability 2.4",
        "Xavier's average keeps neither where widths alternate: a pair of layers takes"
        f" `4 n m / (n + m)^2` = {LOSS:.2f}.",
        f"times {last:.1e}; {LOSS:.2f}^{DEPTH // 2} = {theory:.1e}, by chance"
        f" {low:.2f} to {high:.2f} of it",
        low <= last / theory <= high,
    )
    square = Spec("square", (WIDE,), [Dense(WIDE, bias=False)] * DEPTH, init="glorot")
    low, high = chance([WIDE] * DEPTH)
    kept = [float(v) for v in (variances(square)[0][-1], variances(square)[1][0])]
    claim(
        "stability 2.4",
        "Where inputs are as many as outputs it keeps both.",
        f"signal times {kept[0]:.2f}, gradient {kept[1]:.2f}; chance explains {low:.2f}"
        f" to {high:.2f}",
        low <= min(kept) and max(kept) <= high,
    )
    law, error = 2 / (WIDE + NARROW), 6.11 * math.sqrt(0.8 / (WIDE * NARROW))
    drawn = {name: native_variance(name) for name in FRAMEWORKS}
    claim(
        "stability 2.4",
        "Each framework's own `U(-a, a)`, `a = sqrt(6 / (n + m))`, has the variance"
        " `a^2 / 3 = 2 / (n + m)`.",
        ", ".join(f"{name} {v:.5f}" for name, v in drawn.items()) + f"; {law:.5f}",
        all(abs(value / law - 1) <= error for value in drawn.values()),
    )


def native_variance(backend: str) -> float:
    """Return the variance of weights that the framework's own initializer draws."""
    spec = Spec("one", (WIDE,), [Dense(NARROW)], init=InitPolicy(XavierUniform()))
    own = netspec.backend(backend)
    return float(own.params(own.compile(spec), spec)["0.weight"].var())


if __name__ == "__main__":
    main()
