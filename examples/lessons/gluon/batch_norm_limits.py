"""BatchNorm makes first weights matter less, and batch sizes more.

Run it with `python examples/lessons/gluon/batch_norm_limits.py`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from netspec import InitPolicy, Normal, Spec
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.gluon.large_rates import NAMES, loss
from lessons.lib import claim
from lessons.lib.deep import BATCH
from lessons.lib.deep import learned as below
from lessons.lib.descent import accuracy, batches, train
from lessons.lib.images import images
from lessons.lib.tables import listed, table, text

STDS = (0.01, 0.1, 1.0)


def main() -> None:
    """Check section 12.1, in PyTorch."""
    rough = {n: [loss(drawn(s, x), 0.1) for x in STDS] for n, s in NAMES.items()}
    heads = ["first weights", *(f"N(0, {std:g})" for std in STDS)]
    table(heads, ((n, *values) for n, values in rough.items()), "Loss after 100 steps")
    learned = {n: [value < below(1 / 1.5) for value in v] for n, v in rough.items()}
    claim(
        "gluon 12.1",
        "It also makes first weights matter less: from N(0, 0.01) to N(0, 1) the net"
        " with it learns, the one without only from N(0, 0.1).",
        "; ".join(f"{n}: {', '.join(map(text, v))}" for n, v in rough.items()),
        learned == {"plain": [False, True, False], "BatchNorm": [True] * 3},
    )
    tiny = {n: after(s, 2) for n, s in NAMES.items()}
    usual = {n: after(s, BATCH) for n, s in NAMES.items()}
    claim(
        "gluon 12.1",
        "It needs batches that are not too small: with two examples its statistics are"
        " mostly noise, and the net is worse than without.",
        f"right on test images, batches of 2: {listed(tiny)}; of 64: {listed(usual)}",
        tiny["BatchNorm"] < tiny["plain"] and usual["BatchNorm"] > usual["plain"],
    )


def drawn(spec: Spec, std: float) -> Spec:
    """Draw the first weights from N(0, std)."""
    return replace(spec, init=InitPolicy(Normal(std)))


def after(spec: Spec, size: int) -> float:
    """Return the accuracy after an epoch of 1280 images; the rate follows the size."""
    known = images()
    shared = batches(known.train_x[:1280], known.train_y[:1280], size)
    params = train(spec, "torch", shared, Optimizer("sgd", 0.1 * size / BATCH)).params
    return accuracy(spec, "torch", params, known.test_x, known.test_y)


if __name__ == "__main__":
    main()
