"""The README and that of `declare`: their code runs, and what they say is printed is
printed; the numbers, paths and commands of the README are those of the project.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = ["README.md", "netspec/declare/README.md"]
FENCE = re.compile(r"^```(\w+)( output)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Runs the blocks as one program, away from the tests, whose registries it would change
RUNNER = """
import contextlib, io, json, sys
printed, names = [], {"__name__": "readme"}
for block in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(block, "<page>", "exec"), names)
    printed.append(out.getvalue())
print(json.dumps(printed))
"""


class Block(NamedTuple):
    """A code block and what it prints; empty where the page shows nothing."""

    code: str
    output: str


def blocks(page: str) -> list[Block]:
    found: list[Block] = []
    for language, is_output, text in FENCE.findall((ROOT / page).read_text()):
        if is_output:
            found[-1] = found[-1]._replace(output=text)
        elif language == "python":
            found.append(Block(text, ""))
    return found


def run(code: list[str], folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(code),
        cwd=folder,
        env={name: v for name, v in os.environ.items() if name != "XLA_FLAGS"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed: list[str] = json.loads(done.stdout)
    return printed


@pytest.mark.parametrize("page", PAGES)
def test_code_prints_what_is_shown(page: str, tmp_path: Path) -> None:
    shown = [block.output.strip("\n") for block in blocks(page)]
    printed = run([block.code for block in blocks(page)], tmp_path)
    assert [text.strip("\n") for text in printed] == shown
    assert shown
    assert all(shown)


def test_every_path_in_the_map_exists() -> None:
    paths = re.findall(r"^\| (`.*`) \|", README, re.MULTILINE)
    named = [path for cell in paths for path in re.findall("`([^`]+)`", cell)]
    assert len(named) >= 10
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "row", ["NumPy numpy", "PyTorch torch", "JAX jax", "MXNet mxnet"]
)
def test_versions_are_those_of_the_constraints(row: str) -> None:
    label, package = row.split()
    constraints = (ROOT / "constraints.txt").read_text()
    version = re.search(rf"^\| {label} \| ([^|]*) \|", README, re.MULTILINE)
    assert version
    assert f"\n{package}=={version[1]}\n" in constraints


def test_every_command_exists() -> None:
    named = set(re.findall(r"^netspec (\w+)", README, re.MULTILINE))
    command = [sys.executable, "-m", "netspec", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert named
    assert {name for name in named if name not in done.stdout} == set()


def test_every_make_target_exists() -> None:
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", README, re.MULTILINE))
    targets = {"".join(pair) for pair in named}
    makefile = (ROOT / "Makefile").read_text()
    assert {"demo", "test"} <= targets
    assert {name for name in targets if f"\n{name}:" not in makefile} == set()


def test_pictures_exist_and_are_small() -> None:
    pictures = re.findall(r"!\[[^]]+\]\((\S+)\)", README)
    sizes = {name: (ROOT / name).stat().st_size for name in pictures}
    assert len(sizes) == 2
    assert max(sizes.values()) < 200_000, sizes


def test_speed_is_that_of_the_benchmarks() -> None:
    page = (ROOT / "BENCHMARKS.md").read_text()
    steps = r"^\| (?!reference).*: (?:call|forward and backward) \| ([\d.]+) "
    ratios = [float(ratio) for ratio in re.findall(steps, page, re.MULTILINE)]
    median = statistics.median(ratios)
    assert f"\n| {len(ratios)} calls and training steps" in README
    numbers = f" | {median:.2f} | {min(ratios):.2f} | {max(ratios):.2f} |\n"
    assert f"hand-written one{numbers}" in README
