"""Models that others built, imported and compared: those of torchvision for images and
their segments, Gluon's zoo by its files, and the nets of the package onnx.

python -m tests.imports            what is not in TABLE.md yet, into which it goes
python -m tests.imports --anew     all models
python -m tests.imports NAME ...   those with these names, and not into the table
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from rich.console import Console

from tests.imports import table
from tests.imports.originals import Missing
from tests.imports.run import FAMILIES, Line, attempt, names


def main(arguments: list[str]) -> int:
    """Import the models one after the other; 1 if one is not what it was."""
    chosen = {argument for argument in arguments if argument != "--anew"}
    lines = {} if "--anew" in arguments else table.read()
    say = Console(soft_wrap=True, markup=False, highlight=False).print
    met = True
    for family in FAMILIES:
        for net in listed(family, say):
            if net in chosen or not (chosen or (family, net) in lines):
                line = alone(family, net)
                lines[family, net] = table.written(line)
                say(lines[family, net])
                met = met and (line.met or line.verdict.startswith("no"))
                if not chosen:
                    table.write(lines)
    return int(not met)


def listed(family: str, say: object) -> Iterator[str]:
    """Yield the models of a family; say why where there are none."""
    try:
        yield from names(family)
    except Missing as error:
        assert callable(say)
        say(f"{family}: {error}")


def alone(family: str, net: str) -> Line:
    """Import a model in a process of its own, which gives back all of its memory."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        try:
            return pool.submit(attempt, family, net).result()
        except BrokenProcessPool:
            return Line(family, net, "the process ended, perhaps for want of memory")
        except Exception as error:  # of whatever kind: the others go on
            return Line(family, net, f"fails: {type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
