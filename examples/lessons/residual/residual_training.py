"""Deep nets learn nothing without shortcuts, and learn with them."""

from __future__ import annotations

import math

import data
from lesson import FRAMEWORKS, claim
from lesson.descent import batches, images, train
from lesson.tables import listed
from lesson_residual_depth import net
from netspec import Spec
from netspec.contract import Optimizer

DEEP, STEPS, BATCH = 12, 80, 64
SGD = Optimizer("sgd", lr=0.1)
CHANCE = math.log(data.CLASSES)  # the loss of a net that knows nothing


def main() -> None:
    """Claims of sections 1.1 and 1.2."""
    shallow, deep = losses(net(1)), losses(net(DEEP))
    claim(
        "residual 1.1",
        "More layers do not learn more: a plain net of 12 blocks stays at chance,"
        f" ln 10 = {CHANCE:.2f}, where one block learns.",
        f"training loss, {STEPS} steps: 1 block {listed(shallow)}; 12 {listed(deep)}",
        max(shallow.values()) < CHANCE / 2 < 0.99 * CHANCE < min(deep.values()),
    )
    saved = losses(net(DEEP, True))
    claim(
        "residual 1.2",
        "With shortcuts, the same 12 blocks learn.",
        f"training loss {listed(saved)}",
        max(saved.values()) < CHANCE / 2,
    )


def losses(spec: Spec) -> dict[str, float]:
    """The mean loss of the last ten steps in each framework."""
    count, known = STEPS * BATCH, images()
    shared = batches(known.train_x[:count], known.train_y[:count], BATCH)
    runs = {name: train(spec, name, shared, SGD).losses for name in FRAMEWORKS}
    return {name: float(loss[-10:].mean()) for name, loss in runs.items()}


if __name__ == "__main__":
    main()
