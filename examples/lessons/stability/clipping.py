"""Clipping gradients by their norm, in each framework, and what it saves.

Run it with `python examples/lessons/stability/clipping.py`.
"""

import math
import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import InitPolicy, ReLU, VarianceScaling
from netspec.contract import Array

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.clipping import CLIPS, norm
from lessons.lib.deep import first, net
from lessons.lib.tables import table

STEPS, RATE, SIZE = 60, 0.01, (64, 32)
LARGE = InitPolicy(VarianceScaling(8.0, fan="fan_in", distribution="normal"))
EXPLODING = net(10, LARGE, ReLU())


def main() -> None:
    """Check section 2.1."""
    drawn = np.random.default_rng(0).normal(size=SIZE).astype("float32")
    ratios = {scale: ratio(drawn * np.float32(scale)) for scale in (1.0, 1e-6)}
    table(
        ["norm over c", *FRAMEWORKS], ((str(s), *r.values()) for s, r in ratios.items())
    )
    rounding = 2.0**-24 * math.sqrt(drawn.size)  # of the sum of squares
    claim(
        "stability 2.1",
        "Clipping usual gradients to the norm c does the same in every framework.",
        f"norm / c - 1 up to {max(abs(r - 1) for r in ratios[1.0].values()):.0e}",
        all(abs(r - 1) <= rounding for r in ratios[1.0].values()),
    )
    n, tiny = norm([drawn * np.float32(1e-6)]), ratios[1e-6]
    wanted = {name: n / (n + CLIPS[name][1]) for name in FRAMEWORKS}
    claim(
        "stability 2.1",
        "They divide by the norm n plus `eps`, which shows in tiny gradients: 1e-6 in"
        " PyTorch, 1e-8 in Gluon, 0 in Optax.",
        f"n = {n:.1e}: " + ", ".join(f"{name} {r:.4f} c" for name, r in tiny.items()),
        all(abs(r / wanted[name] - 1) <= rounding for name, r in tiny.items()),
    )
    if "torch" in FRAMEWORKS:
        free, clipped = train(math.inf), train(1.0)
        claim(
            "stability 2.1",
            f"10 layers that diverge at the rate {RATE} learn with gradients clipped to"
            " norm 1, in PyTorch.",
            f"loss {free[0]:.0f}, after {STEPS} steps {free[-1]:.0f} without and"
            f" {clipped[-1]:.0f} with clipping",
            not math.isfinite(free[-1]) and clipped[-1] < clipped[0] / 2,
        )


def ratio(gradient: Array) -> dict[str, float]:
    """Clip to half of the norm; return the norm after it, over that half."""
    goal = norm([gradient]) / 2
    return {name: norm(CLIPS[name][0]([gradient], goal)) / goal for name in FRAMEWORKS}


def train(largest: float) -> list[float]:
    """Return the losses of plain SGD in PyTorch, as one writes it there."""
    import torch
    from torch.nn import functional as F

    model = netspec.compile(EXPLODING, "torch", seed=0)
    descent, losses = torch.optim.SGD(model.parameters(), RATE), []
    for x, y in zip(*map(torch.from_numpy, first(STEPS)), strict=True):
        loss = F.cross_entropy(model(x), y)
        descent.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), largest)
        descent.step()
        losses.append(loss.item())
    return losses


if __name__ == "__main__":
    main()
