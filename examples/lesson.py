"""What lessons share: a claim of a text, checked by a number.

A lesson is a script `lesson_*.py` whose `main()` makes claims. Run alone it prints
them; `lessons.py` runs all and writes the guide, README.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import yaml
from rich import box
from rich.console import Console
from rich.table import Table

import netspec

PLOTS = Path(__file__).parent / "plots"
TEXTS = yaml.safe_load((Path(__file__).parent / "texts.yaml").read_text("utf-8"))
SPECS = Path(__file__).parent / "specs"
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


def table(headers: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print rows below headers; numbers have three significant digits."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, header in enumerate(headers):
        shown.add_column(header, justify="right" if index else "left")
    for row in rows:
        shown.add_row(*(f"{x:.3g}" if isinstance(x, float) else str(x) for x in row))
    Console(highlight=False).print(shown)
    print()
