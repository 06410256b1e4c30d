"""Deep nets learn nothing without shortcuts, and learn with them.

Run it with `python examples/lessons/residual/residual_training.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from netspec import Spec
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.deep import CHANCE, final, learned
from lessons.lib.tables import listed
from lessons.residual.residual_depth import net

DEEP, STEPS = 12, 80
SGD = Optimizer("sgd", lr=0.1)


def main() -> None:
    """Check sections 1.1 and 1.2."""
    shallow, deep = losses(net(1)), losses(net(DEEP))
    claim(
        "residual 1.1",
        "More layers do not learn more: a plain net of 12 blocks stays at chance,"
        f" ln 10 = {CHANCE:.2f}, where one block learns.",
        f"training loss, {STEPS} steps: 1 block {listed(shallow)}; 12 {listed(deep)}",
        max(shallow.values()) < learned(1 / 2) and min(deep.values()) > 0.99 * CHANCE,
    )
    saved = losses(net(DEEP, True))
    claim(
        "residual 1.2",
        "With shortcuts, the same 12 blocks learn.",
        f"training loss {listed(saved)}",
        max(saved.values()) < learned(1 / 2),
    )


def losses(spec: Spec) -> dict[str, float]:
    """Return the mean loss of the last ten steps in each framework."""
    return {name: final(spec, SGD, STEPS, name) for name in FRAMEWORKS}


if __name__ == "__main__":
    main()
