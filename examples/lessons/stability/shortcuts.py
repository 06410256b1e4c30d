"""Sums in the place of products: shortcuts keep gradients within 1e-6 to 1e3.

Run it with `python examples/lessons/stability/shortcuts.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import netspec
from netspec import Dense, InitPolicy, Layer, Normal, Residual, Spec, Tanh
from netspec.signals import BAND

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.tables import table

WIDTH, DEPTH = 64, 40
BODY: list[Layer] = [Dense(WIDTH), Tanh()]
SMALL = InitPolicy(Normal(0.05))
PLAIN = Spec("plain", (WIDTH,), BODY * DEPTH, init=SMALL)
SUMMED = Spec("residual", (WIDTH,), [Residual(BODY)] * DEPTH, init=SMALL)


def main() -> None:
    """Check section 2.1."""
    specs = (PLAIN, SUMMED)
    plain, summed = ([first_gradient(s, n) for n in FRAMEWORKS] for s in specs)
    table(["first layer", *FRAMEWORKS], (["plain", *plain], ["residual", *summed]))
    low, high = BAND
    claim(
        "stability 2.1",
        f"{DEPTH} plain layers of small weights leave nothing of the gradient; as"
        f" residual blocks they keep it within {low:g} to {high:g} in every framework.",
        f"rms in the first layer {max(plain):.1e}, with shortcuts {max(summed):.2f}",
        max(plain) < low <= min(summed) <= max(summed) <= high,
    )
    words = [netspec.probe(spec)["spec"].verdict.word for spec in specs]
    what = "`netspec probe` says so in words, by that band."
    claim("stability 2.1", what, " and ".join(words), words == ["vanishing", "healthy"])


def first_gradient(spec: Spec, backend: str) -> float:
    """Return the root mean square of the gradient in the first layer."""
    rows = netspec.probe(spec, backend)["spec"].rows
    return next(row.grad_params.rms for row in rows if row.grad_params)


if __name__ == "__main__":
    main()
