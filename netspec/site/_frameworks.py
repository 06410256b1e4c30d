"""Frameworks as pages name them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from netspec.spec import documents


class Shown(NamedTuple):
    """A framework on a page.

    Attributes:
        label: what a reader calls it.
        column: whether it calls layers by names; a file format does not.
        parameters: Python that gives the parameters of a `model` by the framework's own
            names; empty where nothing reads them.
    """

    label: str
    column: bool = True
    parameters: str = ""


@cache
def frameworks() -> dict[str, Shown]:
    """Return what pages say of each framework, in the order of their columns."""
    found = documents.load(Path(__file__).with_name("frameworks.yaml"))
    return {name: Shown(**told) for name, told in found.items()}


def named(name: str) -> str:
    """Return the label of a framework; of one that is none of ours, its name."""
    return frameworks()[name].label if name in frameworks() else name
