"""The gradient at the first layer by depth, with and without shortcuts.

Run it with `python examples/lessons/residual/residual_depth.py`.
"""

from __future__ import annotations

import math
import sys
from functools import cache
from pathlib import Path

import netspec
from netspec import Dense, ReLU, Residual, Sequential, Spec
from netspec.signals import BAND

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

import data
from lessons.lib import FRAMEWORKS, claim, pictures
from lessons.lib.tables import listed, table

WIDTH, DEPTHS = 64, (1, 2, 4, 8, 16, 32)


def main() -> None:
    """Check sections 1.1 and 1.2."""
    plain = [first_gradient(net(blocks)) for blocks in DEPTHS]
    shortcut = [first_gradient(net(blocks, True)) for blocks in DEPTHS]
    title = "Gradient of the first layer's weights, root mean square"
    rows = zip(DEPTHS, plain, shortcut, strict=True)
    table(["blocks", "plain", "residual"], rows, title)
    claim(
        "residual 1.1",
        "Gradients multiply from layer to layer: with PyTorch's first weights, each"
        " plain block of two layers takes most of what is left.",
        f"rms at the first layer {plain[0]:.3g} with 1 block, {plain[-1]:.3g} with 32:"
        f" times {(plain[-1] / plain[0]) ** (1 / 31):.2f} a block",
        plain == sorted(plain, reverse=True) and plain[-1] < BAND[0],
    )
    same = {name: first_gradient(net(8, True), name) for name in FRAMEWORKS}
    claim(
        "residual 1.2",
        "With the shortcut, the gradient keeps its size at every depth, in every"
        " framework.",
        f"{min(shortcut):.3g} to {max(shortcut):.3g} for 1 to 32 blocks; with 8:"
        f" {listed(same)}",
        BAND[0] < min(shortcut) and max(shortcut) < 2 * min(shortcut),
    )
    curves = {"residual": (DEPTHS, shortcut), "plain": (DEPTHS, plain)}
    pictures.draw(
        *("residual_depth", title, curves, "blocks of two layers", "gradient"),
        yscale="log",
        xscale="log",
        xticks=DEPTHS,
        xticklabels=DEPTHS,
    )


@cache
def net(blocks: int, shortcut: bool = False) -> Spec:
    """Build blocks of two layers, with PyTorch's own law of first weights."""
    body = [Dense(WIDTH), ReLU(), Dense(WIDTH)]
    block = [Residual(body) if shortcut else Sequential(body), ReLU()]
    layers = [Dense(WIDTH), ReLU(), *block * blocks, Dense(data.CLASSES)]
    return Spec(f"{blocks}-blocks", (784,), layers, init="torch")


def first_gradient(spec: Spec, backend: str = "torch") -> float:
    """Return the root mean square of the gradient in the first layer."""
    row = netspec.probe(spec, backend)["spec"].row("0")
    return row.grad_params.rms if row.grad_params else math.nan


if __name__ == "__main__":
    main()
