"""The kill matrix: a row for each bug, a column for each check, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from netspec.conformance.checks import CHECKS
from tests.kills.bug import Bug
from tests.kills.observe import Sighting, margin_text

FILE = Path(__file__).with_name("MATRIX.md")
WIDTH = {"float32": "32", "float64": "64"}

HEAD = """# The kill matrix

Written by `make kills`; `tests/conformance/test_kills.py` verifies it.

Each row is a mistake, planted in a real backend: PyTorch, unless the row names another.
Each column is a check of `netspec conform`. A cell says in which dtypes the check fails
on the bug, **bold** where it must: in those dtypes and in no other, so that what
rounding hides in float32 is shown to be hidden there. `-` is a check that ran and saw
nothing, an empty cell one that was not run. The last column is used over allowed of the
weakest kill that must be: how far the bug is beyond what passes; ∞ is no matter of
distance.

{bugs} bugs, {killed} killed. The same models pass on the backends without the bugs.
"""


def cells(bug: Bug, seen: Sighting) -> list[str]:
    """What the matrix says of a bug, check by check."""
    return [_cell(bug, seen, check) for check in CHECKS]


def _cell(bug: Bug, seen: Sighting, check: str) -> str:
    if check not in seen.ran:
        return ""
    found = " ".join(WIDTH[dtype] for dtype in seen.dtypes(check))
    if check in bug.seen_by:
        return f"**{found}**"
    return found or "-"


def document(families: Mapping[str, Mapping[Bug, Sighting]]) -> str:
    """The whole matrix, from what was seen, by family."""
    bugs = sum(map(len, families.values()))
    killed = sum(
        seen.margin(bug) > 1
        for found in families.values()
        for bug, seen in found.items()
    )
    tables = ("\n".join(_table(name, found)) for name, found in families.items())
    return HEAD.format(bugs=bugs, killed=killed) + "\n" + "\n\n".join(tables) + "\n"


def _table(family: str, found: Mapping[Bug, Sighting]) -> Iterator[str]:
    checks = [name.replace("_", " ") for name in CHECKS]
    yield f"## {family.capitalize()}\n"
    yield _line(["bug", *checks, "margin"])
    yield _line(["---", *[":-:"] * len(checks), "--:"])
    for bug, seen in found.items():
        yield _line([title(bug), *cells(bug, seen), margin_text(seen.margin(bug))])


def title(bug: Bug) -> str:
    """The name of a bug, with that of its backend."""
    return bug.name if bug.backend == "torch" else f"{bug.backend}: {bug.name}"


def _line(values: Iterable[str]) -> str:
    return f"| {' | '.join(values)} |"


def committed() -> dict[tuple[str, str], list[str]]:
    """The cells of the file, by family and title."""
    found, family = {}, ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            family = line[3:].lower()
        elif line.startswith("| "):
            name, *values, _ = (cell.strip() for cell in line[1:-1].split("|"))
            found[family, name] = values
    return found
