"""The kill matrix from the command line.

python -m tests.kills            run all bugs, and say what was not seen as it should
python -m tests.kills TEXT       those with this text in their name
python -m tests.kills --write    write MATRIX.md
"""

from __future__ import annotations

import sys

from rich.console import Console

from tests.kills import matrix
from tests.kills.bug import Bug
from tests.kills.families import FAMILIES
from tests.kills.observe import Sighting, control, observe, sound, wrong_sightings


def main(arguments: list[str]) -> int:
    """Plant the bugs; 1 if one of them was not seen as it should."""
    write = "--write" in arguments
    wanted = " ".join(a for a in arguments if a != "--write")
    found: dict[str, dict[Bug, Sighting]] = {}
    wrong = 0
    for family, bugs in FAMILIES.items():
        chosen = [bug for bug in bugs if wanted in f"{family}: {bug.name}"]
        for bug in chosen:
            seen = found.setdefault(family, {})[bug] = observe(bug)
            wrong += _tell(family, bug, seen)
    if write and not wanted:
        matrix.FILE.write_text(matrix.document(found), encoding="utf-8")
    return int(wrong > 0)


def _tell(family: str, bug: Bug, seen: Sighting) -> bool:
    problems = wrong_sightings(bug, seen)
    problems += [f"without the bug: {row}" for row in control(bug) if not sound(row)]
    console = Console(highlight=False)
    mark = "survives" if problems else "killed"
    console.print(f"{mark:9}{family}: {bug.name}", markup=False)
    for problem in problems[:3]:
        console.print(f"         {problem}", markup=False)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
