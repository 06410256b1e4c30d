"""Which learning rates train a deep net depends on its first weights.

Run it with `python examples/lessons/stability/sensitivity.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from netspec import InitPolicy, ReLU, VarianceScaling
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import claim
from lessons.lib.deep import CHANCE, final, learned, net
from lessons.lib.tables import table

STEPS, DEPTH, RATES = 60, 10, [10.0**k for k in range(-6, 2)]
LARGE = InitPolicy(VarianceScaling(8.0, fan="fan_in", distribution="normal"))


def main() -> None:
    """Check section 1.3.1."""
    kept, large = losses("he"), losses(LARGE)
    rows = zip(map(str, RATES), kept, large, strict=True)
    table(["learning rate", "he", "weights twice as large"], rows)
    best = RATES[int(np.nanargmin(kept))]
    claim(
        "stability 1.3.1",
        f"{DEPTH} layers that keep the variance learn at some rates only: smaller ones"
        " make no progress, larger ones diverge.",
        f"loss {kept[0]:.2f} at {RATES[0]:g}, {np.nanmin(kept):.2f} at {best:g}, NaN"
        f" from {diverges(kept):g} on",
        kept[0] > CHANCE
        and np.nanmin(kept) < learned(1 / 2)
        and not np.isfinite(kept[-1]),
    )
    claim(
        "stability 1.3.1",
        "With weights twice as large gradients explode: they learn at no rate, and"
        " diverge at far smaller ones.",
        f"loss {np.nanmin(large):.0f} at best, NaN from {diverges(large):g} on",
        np.nanmin(large) > CHANCE and diverges(large) < best,
    )


def losses(init: str | InitPolicy) -> list[float]:
    """Return the loss after training, for each rate."""
    spec = net(DEPTH, init, ReLU())
    return [final(spec, Optimizer("sgd", rate), STEPS) for rate in RATES]


def diverges(found: list[float]) -> float:
    """Find the lowest rate whose loss is not finite."""
    return RATES[int(np.argmin(np.isfinite(found)))]


if __name__ == "__main__":
    main()
