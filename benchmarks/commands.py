"""Whole commands of this checkout against those of another one, such as a release, each
in a process of its own, interleaved: medians of wall seconds, and their ratio.

python -m benchmarks.commands ../netspec-0.1.0 [--rounds 3] [--write]
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

HERE = Path(__file__).parents[1]
PAGE = HERE / "BENCHMARKS.md"
START, END = "<!-- commands -->\n", "<!-- end of commands -->\n"
MLP = str(HERE / "examples/specs/mlp.yaml")
LAYERS = 100_000


class Command(NamedTuple):
    """A command, what it is held against, and the goal of the ratio.

    Attributes:
        what: description.
        new: arguments of `netspec` here.
        old: arguments in the other checkout.
        goal: the largest ratio that meets the goal.
    """

    what: str
    new: tuple[str, ...]
    old: tuple[str, ...]
    goal: float


def commands(folder: Path) -> Iterator[Command]:
    """Yield the commands; `folder` gets the files that they read."""
    conform = ("conform", MLP)
    yield Command("conform mlp.yaml", conform, conform, 0.5)
    yield Command("conform mlp.yaml --quick", (*conform, "--quick"), conform, 0.4)
    large = folder / "large.json"
    head = {"netspec": 1, "name": "large", "input_shape": [4]}
    layers = [{"type": "ReLU"}] * LAYERS
    large.write_text(json.dumps(head | {"layers": layers}), encoding="utf-8")
    show = ("show", str(large))
    yield Command(f"show of {LAYERS:,} layers", show, show, 0.13)


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
    old, new = [], []
    for _ in range(rounds):
        old.append(seconds(other, command.old))
        new.append(seconds(HERE, command.new))
    before, now = statistics.median(old), statistics.median(new)
    ratio = now / before
    line = f"| {command.what} | {before:.1f} s | {now:.1f} s | {ratio:.2f} |"
    return f"{line} {command.goal:.2f} |"


def seconds(checkout: Path, arguments: tuple[str, ...]) -> float:
    """Run `netspec` of a checkout, with its own environment."""
    python = checkout / ".venv/bin/python"
    path = os.pathsep.join([str(checkout), str(checkout / "backends")])
    start = time.perf_counter()
    subprocess.run(
        [python, "-m", "netspec", *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        cwd=checkout,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
