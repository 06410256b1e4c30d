"""What the lessons share: a claim of a text, checked by a number.

A lesson is a script `examples/lessons/<text>/<lesson>.py` whose `main()` makes claims.
Run one to see them hold:

    python examples/lessons/gluon/softmax.py

It first puts `examples/` on the path, where it finds this package as `lessons.lib`.
`python examples/lessons` runs all lessons and writes the guide, README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import yaml

import netspec

LESSONS, EXAMPLES = Path(__file__).parents[1], Path(__file__).parents[2]
PLOTS, SPECS = LESSONS / "plots", EXAMPLES / "specs"
TEXTS = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_text("utf-8"))
FRAMEWORKS = [
    name
    for name, found in netspec.backends().items()
    if name in ("torch", "gluon", "jax") and found.installed
]
"""The backends of the frameworks that are installed here."""


class Claim(NamedTuple):
    """What a text says, and what was measured.

    Attributes:
        section: of a text, as in `texts.yaml`: ``"gluon 8.3"``.
        statement: a sentence that is true or false.
        measured: the numbers that decide it.
    """

    section: str
    statement: str
    measured: str


made: list[Claim] = []
"""All claims so far that held, in order."""


def claim(section: str, statement: str, measured: object, holds: object) -> None:
    """Print a claim of a text and end the program if it does not hold.

    Args:
        section: of a text, as in `texts.yaml`: ``"gluon 8.3"``.
        statement: a sentence that is true or false.
        measured: the numbers that decide it.
        holds: whether they say that it is true.

    Raises:
        SystemExit: it is not true, with what was measured.
    """
    text, number = section.split(" ")
    heading = f"{section} ({TEXTS[text]['sections'][number]})"
    print(f"{heading}\n  {statement}\n  measured: {measured}\n")
    if not holds:
        sys.exit(f"{heading}: this does not hold: {statement} Measured: {measured}")
    made.append(Claim(section, statement, str(measured)))
