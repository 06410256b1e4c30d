"""Published nets at their published sizes, in every framework, against the reference:
one step forward and backward in training, in float64, at batch 1.

python -m tests.large            all nets of examples/nets
python -m tests.large NAME ...   those with these names
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from rich.console import Console

import nets
from tests.large.step import Line, compared

HEAD = "| net | parameters | backend | worst relative distance | of | seconds |"
RULE = "| --- | --: | --- | --: | --- | --: |"


def main(names: list[str]) -> int:
    """Print the table; 1 if a tensor is too far from the reference."""
    say = Console(soft_wrap=True, markup=False, highlight=False).print
    say(f"{HEAD}\n{RULE}")
    met = True
    # The arrays of a large net, and what a framework keeps of it, end with its process
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        for lines in pool.map(compared, names or nets.__all__):
            for line in lines:
                say(written(line))
                met = met and line.met
    return int(not met)


def written(line: Line) -> str:
    """Write a line of the table."""
    distance = f"{line.distance:.1e}" if line.met else f"**{line.distance:.1e}**"
    cells = (line.net, f"{line.parameters:,}", line.backend, distance, line.tensor)
    return f"| {' | '.join(cells)} | {line.seconds:.1f} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
