"""Models that others built, imported and compared: those of torchvision for images and
their segments, Gluon's zoo by its files, and the nets of the package onnx.

python -m tests.imports            what is not in TABLE.md yet
python -m tests.imports --anew     all models
python -m tests.imports NAME ...   those with these names, in this order

A name is that of a model, such as resnet50, or of one family, such as vision/resnet50.
Each model goes into TABLE.md as soon as it is compared.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from rich.console import Console

from tests.imports import table
from tests.imports.originals import Missing
from tests.imports.run import FAMILIES, Line, attempt, names

LARGE = 10_000_000  # parameters: whoever held more gives back its memory
Key = tuple[str, str]  # family and net
say = Console(soft_wrap=True, markup=False, highlight=False).print


def main(arguments: list[str]) -> int:
    """Import the models one after the other; 1 if one is not what it was."""
    chosen = [argument for argument in arguments if argument != "--anew"]
    lines = {} if "--anew" in arguments else table.read()
    families = [family for family in FAMILIES if concerned(family, chosen)]
    every = [(family, net) for family in families for net in listed(family)]
    left = [key for key in every if key not in lines]
    met = True
    for line in attempts(named(chosen, every) if chosen else left):
        lines[line[:2]] = table.written(line)
        say(lines[line[:2]])
        table.write(lines)
        met = met and (line.met or line.verdict.startswith("no"))
    return int(not met)


def concerned(family: str, chosen: Iterable[str]) -> bool:
    """Tell whether a family may have a model of these names, or all are meant."""
    homes = {name.rpartition("/")[0] for name in chosen} or {""}
    return bool(homes & {"", FAMILIES[family]})


def listed(family: str) -> list[str]:
    """Return the models of a family; say why where there are none."""
    try:
        return names(family)
    except Missing as error:
        say(f"{family}: {error}")
        return []


def named(chosen: Iterable[str], every: Iterable[Key]) -> list[Key]:
    """Return the models with the names that were given, in their order."""
    by_name: dict[str, list[Key]] = {}
    for family, net in every:
        for name in (net, f"{FAMILIES[family]}/{net}"):
            by_name.setdefault(name, []).append((family, net))
    if unknown := [name for name in chosen if name not in by_name]:
        raise SystemExit(f"no model is named {', '.join(unknown)}")
    return [key for name in chosen for key in by_name[name]]


def attempts(wanted: Iterable[Key]) -> Iterator[Line]:
    """Import models in a process beside this one; in another after one that was large
    or ended it.
    """
    pool = _process()
    for family, net in wanted:
        line = alone(pool, family, net)
        yield line
        if int(line.parameters.replace(",", "") or LARGE) >= LARGE:
            pool.shutdown()
            pool = _process()
    pool.shutdown()


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"))


def alone(pool: ProcessPoolExecutor, family: str, net: str) -> Line:
    """Import a model in a process, whatever becomes of it there."""
    try:
        return pool.submit(attempt, family, net).result()
    except BrokenProcessPool:
        return Line(family, net, "the process ended, perhaps for want of memory")
    except Exception as error:  # of whatever kind: the others go on
        return Line(family, net, f"fails: {type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
