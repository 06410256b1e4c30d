"""Results of lessons, as they were when the guide to the lessons was written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from netspec.declare.rules import Json
from netspec.differences._entry import Difference
from netspec.spec import documents

MEASURED = Path(__file__).with_name("lessons.json")


class Measured(NamedTuple):
    """A claim of a lesson, and what was measured.

    Attributes:
        lesson: the script, in ``examples/lessons``, such as ``"containers/adam"``.
        claim: what it claims.
        measured: the numbers that it found.
        on: the frameworks with their versions, and the data, with which it found them.
    """

    lesson: str
    claim: str
    measured: str
    on: str


@cache
def _document() -> Json:
    return documents.load(MEASURED)


def lessons() -> Mapping[str, Mapping[str, str]]:
    """Return what each lesson that an entry names has measured, by its claims."""
    found: Mapping[str, Mapping[str, str]] = _document()["lessons"]
    return found


def measured(entry: Difference) -> tuple[Measured, ...]:
    """Return what lessons measured of an entry; nothing if none does."""
    return tuple(
        Measured(
            *(found.lesson, found.claim, lessons()[found.lesson][found.claim]),
            str(_document()["on"]),
        )
        for found in entry.matters
    )
