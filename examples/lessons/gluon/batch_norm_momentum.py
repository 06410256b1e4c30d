"""BatchNorm's momentum, copied from Gluon to PyTorch, spoils the evaluation alone.

Run it with `python examples/lessons/gluon/batch_norm_momentum.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from netspec import BatchNorm, Spec
from netspec.contract import Optimizer, Trained

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.gluon.large_rates import net
from lessons.lib import claim
from lessons.lib.deep import BATCH
from lessons.lib.descent import accuracy, batches, train
from lessons.lib.images import images
from lessons.lib.tables import text

# Gluon's momentum=0.9; and what PyTorch makes of the same number
MEANT, COPIED = net(BatchNorm(decay=0.9)), net(BatchNorm(decay=0.1))
NAMES = {"0.1": MEANT, "0.9": COPIED}


def main() -> None:
    """Check section 12.1, in PyTorch."""
    tiny = {name: trained(spec, 4) for name, spec in NAMES.items()}
    usual = {name: trained(spec, BATCH) for name, spec in NAMES.items()}
    right = [
        {name: told(NAMES[name], done) for name, done in runs.items()}
        for runs in (tiny, usual)
    ]
    losses = [[*map(float, done.losses)] for done in tiny.values()]
    claim(
        "gluon 12.1",
        "Gluon's momentum of 0.9 is 0.1 in PyTorch. Copied as 0.9 it leaves training"
        " alone, to the last bit, but evaluation has the statistics of the last batch:"
        " with small batches it is less often right.",
        f"right on test images, with 0.1 and with 0.9: batches of 4 {both(right[0])};"
        f" of {BATCH} {both(right[1])}",
        losses[0] == losses[1] and right[0]["0.9"] < right[0]["0.1"] - 0.02,
    )


def both(right: dict[str, float]) -> str:
    """Write two fractions."""
    return " and ".join(map(text, right.values()))


def trained(spec: Spec, size: int) -> Trained:
    """Train for an epoch of 1280 images; the rate follows the size."""
    known = images()
    shared = batches(known.train_x[:1280], known.train_y[:1280], size)
    return train(spec, "torch", shared, Optimizer("sgd", 0.1 * size / BATCH))


def told(spec: Spec, done: Trained) -> float:
    """Return the fraction of test images that are told right."""
    known = images()
    return accuracy(spec, "torch", done.params, known.test_x, known.test_y)


if __name__ == "__main__":
    main()
