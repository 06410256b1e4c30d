"""The decay of Adam and that of AdamW are two, and one number does not fit both.

Run it with `python examples/lessons/porting/adamw.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import netspec
from netspec import Dense, ReLU, Spec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import claim
from lessons.lib.descent import batches
from lessons.lib.porting import BATCH, STEPS, best, seen, unseen

SPEC = Spec("mlp", (784,), [*[Dense(64), ReLU()] * 2, Dense(10)], init="he")
RATE, DECAY = 1e-3, 0.1


def main() -> None:
    """Check section 24, in PyTorch."""
    (norm, right), (shrunk, left) = after("AdamW"), after("Adam")
    count = len(unseen(SPEC)[1])
    claim(
        "porting 24",
        "A decay that was tuned for AdamW, given to Adam: there it joins the gradient,"
        " whatever its size, and shrinks the weights.",
        f"{100 * right:.1f} % of {count} right as meant, {100 * left:.1f} % as ported;"
        f" norm of the first weights {norm:.3g} and {shrunk:.3g}",
        shrunk < 0.9 * norm and abs(right - left) < 0.2,
    )


def after(name: str) -> tuple[float, float]:
    """Train; return the norm of the first matrix, and what is told right."""
    import torch

    net: Any = netspec.compile(SPEC, "torch", seed=0)
    optimizer = getattr(torch.optim, name)(net.parameters(), RATE, weight_decay=DECAY)
    x, y = seen(SPEC)
    count = BATCH * STEPS
    shared = zip(*batches(x[:count], y[:count], BATCH), strict=True)
    for images, labels in shared:
        optimizer.zero_grad()
        outputs = net(torch.tensor(images))
        torch.nn.functional.cross_entropy(outputs, torch.tensor(labels)).backward()
        optimizer.step()
    x, y = unseen(SPEC)
    with torch.no_grad():
        answers = best(net.eval()(torch.tensor(x)).numpy())
    return float(net[0].weight.detach().norm()), float((answers == y).mean())


if __name__ == "__main__":
    main()
