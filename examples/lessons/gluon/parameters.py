"""Parameters have paths, and one policy draws them.

Run it with `python examples/lessons/gluon/parameters.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import netspec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.gluon.blocks import SPEC
from lessons.lib import FRAMEWORKS, claim
from lessons.lib.tables import table


def main() -> None:
    """Check section 14."""
    arrays = {}
    for name in FRAMEWORKS:
        model = netspec.compile(SPEC, name)
        arrays[name] = netspec.backend(name).params(model, SPEC)
    paths = list(SPEC.parameters())
    heads = ["std, as drawn", *FRAMEWORKS]
    rows = (
        (path, *(float(arrays[n][path].std()) for n in FRAMEWORKS)) for path in paths
    )
    table(heads, rows, "Parameters by path")
    claim(
        "gluon 14",
        "Each parameter is known by a path made of the names of its layers, the same in"
        " every framework.",
        ", ".join(f"`{path}`" for path in paths),
        all(list(found) == paths for found in arrays.values()),
    )
    # of a sample standard deviation from a normal law, relative: 1 / sqrt(2 n)
    errors = {p: 6 * 0.01 / (2 * s.size) ** 0.5 for p, s in SPEC.parameters().items()}
    drawn = [
        abs(found[path].std() - 0.01) <= errors[path]
        for found in arrays.values()
        for path in ("hidden.weight", "output.weight")
    ]
    claim(
        "gluon 14",
        "One policy draws the weights of all layers, as `net.initialize(init)` does.",
        f"std {arrays[FRAMEWORKS[0]]['hidden.weight'].std():.4f} for N(0, 0.01)",
        all(drawn),
    )


if __name__ == "__main__":
    main()
