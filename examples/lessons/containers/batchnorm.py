"""BatchNorm after the activation, and before it: two different nets.

Run it with `python examples/lessons/containers/batchnorm.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from netspec import BatchNorm, ReLU
from netspec.conformance.cases import draw_case

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.everywhere import worst
from lessons.lib.sequential import BATCH, net, trace
from lessons.lib.tables import table

AFTER, BEFORE = net(ReLU(), BatchNorm()), net(BatchNorm(), ReLU())
MEAN = 1 / math.sqrt(2 * math.pi)  # of max(0, z) for z of N(0, 1)
STD = math.sqrt(1 / 2 - MEAN**2)


def main() -> None:
    """Check section 3, which puts it after ReLU; its inventors put it before."""
    used = [
        worst(draw_case(net, train=True, dtype="float64")) for net in (AFTER, BEFORE)
    ]
    claim(
        "containers 3",
        "In either order all frameworks agree with the reference in training.",
        f"{used[0]:.2f} and {used[1]:.2f} of what rounding allows in float64",
        max(used) <= 1,
    )
    after, before = ({n: trace(net, n) for n in FRAMEWORKS} for net in (AFTER, BEFORE))
    handed = {n: (after[n].outputs["2"], before[n].outputs["2"]) for n in FRAMEWORKS}
    rows = (
        (name, *(float(value) for y in ys for value in (y.mean(), y.std())))
        for name, ys in handed.items()
    )
    table(["backend", "after: mean", "std", "before: mean", "std"], rows)
    off = max(float(abs(y.mean(0)).max()) for y, _ in handed.values())
    claim(
        "containers 3",
        "After ReLU it hands on units of mean 0 and std 1.",
        f"means up to {off:.0e}, std {handed[FRAMEWORKS[0]][0].std():.4f}",
        off <= BATCH * 2.0**-24,
    )
    means = [float(y.mean()) for _, y in handed.values()]
    claim(
        "containers 3",
        "Before ReLU it hands on units of mean `1 / sqrt(2 pi)`, about 0.40, half of"
        " them 0.",
        f"{max(means):.3f}; chance explains {3.29 * STD / math.sqrt(BATCH):.3f}",
        all(abs(mean - MEAN) <= 3.29 * STD / math.sqrt(BATCH) for mean in means),
    )
    outputs = [(after[n].step.output, before[n].step.output) for n in FRAMEWORKS]
    apart = min(float(abs(one - other).max()) for one, other in outputs)
    claim(
        "containers 3",
        "With the same weights the two orders give different outputs.",
        f"up to {apart:.2f} apart",
        apart > 0.1,
    )


if __name__ == "__main__":
    main()
