"""Whole commands of this checkout against those of another one, such as a release, each
in a process of its own, interleaved: medians of wall seconds, and their ratio. Each is
followed by what it cannot go below.

PYTHONPATH=examples python -m benchmarks.commands ../netspec-0.1.0 [--rounds 3]
    [--write]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import nets as published

HERE = Path(__file__).parents[1]
PAGE = HERE / "BENCHMARKS.md"
START, END = "<!-- commands -->\n", "<!-- end of commands -->\n"
SPECS = HERE / "examples/specs", HERE / "tests/decided/specs"
MLP, RESNET20 = str(SPECS[0] / "mlp.yaml"), str(SPECS[1] / "resnet20.yaml")
NETSPEC, FLOOR = ("-m", "netspec"), ("-m", "benchmarks.floor")
BACKENDS = ("torch", "gluon", "jax", "numpy")  # those of the release
LAYERS = 100_000


class Command(NamedTuple):
    """A command, what it is held against, and the goal.

    Attributes:
        what: description.
        new: arguments of Python here.
        old: arguments in the other checkout; None to run it once, here alone.
        goal: the largest ratio that meets the goal or, without `old`, the most seconds;
            None for what is shown beside it.
    """

    what: str
    new: tuple[str, ...]
    old: tuple[str, ...] | None
    goal: float | None = None


def commands(folder: Path) -> Iterator[Command]:
    """Yield the commands; `folder` gets the files that they read."""
    conform = (*NETSPEC, "conform", MLP, *_chosen(BACKENDS))
    quick, floor = (*conform, "--quick"), (*FLOOR, MLP, *BACKENDS)
    yield Command("conform mlp.yaml", conform, conform, 0.5)
    yield Command("its frameworks imported", (*floor, "--imports"), conform)
    yield Command("and called, nothing judged", floor, conform)
    yield Command("conform mlp.yaml --quick", quick, conform, 0.4)
    large = folder / "large.json"
    head = {"netspec": 1, "name": "large", "input_shape": [4]}
    layers = [{"type": "ReLU"}] * LAYERS
    large.write_text(json.dumps(head | {"layers": layers}), encoding="utf-8")
    show = (*NETSPEC, "show", str(large))
    yield Command(f"show of {LAYERS:,} layers", show, show, 0.13)
    deep, three = folder / "resnet18.yaml", BACKENDS[:3]
    published.resnet18((3, 64, 64), 10).save(deep)
    for name, path, goal in (("20", RESNET20, 90.0), ("18", str(deep), 240.0)):
        run = (*NETSPEC, "conform", path, *_chosen(three))
        yield Command(f"conform ResNet-{name}, three frameworks", run, None, goal)
        yield Command("and called, nothing judged", (*FLOOR, path, *three), None)


def _chosen(backends: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for name in backends for word in ("--backend", name))


def main() -> None:
    """Print the table; with --write, put it into BENCHMARKS.md, too."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("other", type=Path, help="another checkout, with its .venv")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put into BENCHMARKS.md")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        rows = [
            measure(command, given.other.resolve(), given.rounds)
            for command in commands(Path(folder))
        ]
    table = "\n".join(
        ["| what | before | now | ratio | goal |", "|---|--:|--:|--:|--:|"]
    )
    table = "\n".join([table, *rows]) + "\n"
    sys.stdout.write(table)
    if given.write:
        text = PAGE.read_text(encoding="utf-8")
        before, _, rest = text.partition(START)
        _, _, after = rest.partition(END)
        PAGE.write_text(before + START + "\n" + table + "\n" + END + after, "utf-8")


def measure(command: Command, other: Path, rounds: int) -> str:
    """Run a command in both checkouts in turn; return a line of the table."""
    if command.old is None:
        now, goal = seconds(HERE, command.new), command.goal
        shown = "" if goal is None else f"{goal:.0f} s"
        return f"| {command.what} | | {now:.1f} s | | {shown} |"
    old, new = [], []
    for _ in range(rounds):
        old.append(seconds(other, command.old))
        new.append(seconds(HERE, command.new))
    before, now = statistics.median(old), statistics.median(new)
    shown = "" if command.goal is None else f"{command.goal:.2f}"
    return (
        f"| {command.what} | {before:.1f} s | {now:.1f} s | {now / before:.2f}"
        f" | {shown} |"
    )


def seconds(checkout: Path, arguments: tuple[str, ...]) -> float:
    """Run Python in a checkout, with its own environment."""
    python = checkout / ".venv/bin/python"
    path = os.pathsep.join([str(checkout), str(checkout / "backends")])
    start = time.perf_counter()
    subprocess.run(
        [python, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        cwd=checkout,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
