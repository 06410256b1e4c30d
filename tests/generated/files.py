"""What is generated from the registries, and into which files."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from lessons.lib import notebooks
from netspec import json_schema
from netspec.differences import entries
from netspec.layers import LAYERS
from netspec.spec import documents
from tests.generated import onnx_support, signatures, support

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "examples/lessons/README.md"
COMMAND = "make generated"
START, END = f"<!-- written by {COMMAND} -->\n", "<!-- end -->\n"


class Generated(NamedTuple):
    """A file, and what its whole text should be, given what it is."""

    name: str
    renew: Callable[[str], str]

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8") if self.path.exists() else ""

    @property
    def is_stale(self) -> bool:
        return self.text != self.renew(self.text)

    def write(self) -> None:
        self.path.write_text(self.renew(self.text), encoding="utf-8")


def layer_table() -> str:
    """A row for each family of layers, which is a module, with the names of its own."""
    families: dict[str, list[str]] = {}
    for name in LAYERS:
        module = LAYERS[name].__module__.rpartition(".")[2]
        family = module.lstrip("_").replace("_", " ")
        families.setdefault(family, []).append(f"`{name}`")
    rows = [f"| {family} | {' '.join(names)} |" for family, names in families.items()]
    return "\n".join(["| family | layers |", "|---|---|", *rows, ""])


def between_marks(page: str, text: str) -> str:
    """A page with this text between its marks.

    Raises:
        ValueError: the page does not have both marks, once each.
    """
    found = re.split(f"({START}|{END})", page)
    if found[1::2] != [START, END]:
        raise ValueError(f"a page needs {START.strip()} and then {END.strip()}")
    return "".join([found[0], START, text, END, found[4]])


def measured() -> str:
    """What the guide to the lessons says of those that the known differences name, and
    with which versions that was measured.
    """
    named = {found.lesson for entry in entries() for found in entry.matters}
    row = re.compile(r"^\|.*?\| (.+?) \| (.+?) \| \[\w+\]\((.+?)\.py\) \|$", re.M)
    found: dict[str, dict[str, str]] = {name: {} for name in sorted(named)}
    guide = GUIDE.read_text(encoding="utf-8")
    for claim, numbers, lesson in row.findall(guide):
        if lesson in named:
            found[lesson][claim] = numbers
    (on,) = re.findall(r"^Measured with (.*)\.$", guide, re.M)
    return documents.to_json({"on": on, "lessons": found})


def _signatures(name: str, _: str) -> str:
    return signatures.recorded(name)


def _notebook(name: str, _: str) -> str:
    return notebooks.text(name)


FILES = (
    Generated("README.md", lambda page: between_marks(page, layer_table())),
    Generated("docs/onnx.md", onnx_support.page),
    Generated("docs/support.md", support.page),
    Generated("examples/specs/schema.json", lambda _: documents.to_json(json_schema())),
    Generated("netspec/differences/lessons.json", lambda _: measured()),
    *(
        Generated(
            f"backends/netspec_{name}/signatures.json", partial(_signatures, name)
        )
        for name in signatures.PACKAGES
    ),
    *(
        Generated(notebooks.file(name), partial(_notebook, name))
        for name in notebooks.NAMES
    ),
)
