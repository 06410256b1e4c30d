"""The plans for a class."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from netspec.declare.rules import Json
from netspec.spec import documents


@cache
def plans() -> tuple[Json, ...]:
    """Read the plans for a class."""
    return tuple(documents.load(Path(__file__).with_name("classes.yaml")))


def plans_with(page: str) -> dict[int, str]:
    """Return the titles of the plans that use a page, by their numbers.

    Args:
        page: as plans name it: the id of an entry, ``"gluon/softmax"``.
    """
    return {
        number: plan["title"]
        for number, plan in enumerate(plans(), start=1)
        if any(page in step["pages"] for step in plan["steps"])
    }
