"""The pages of the lessons: claim, number, script, picture."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from netspec.differences import Difference, entries
from netspec.site._checkout import LESSONS
from netspec.site._page import Page

ROW = re.compile(r"^\| (.*?) \| (.*?) \| (.*?) \| \[\w+\]\((\w+)/(\w+)\.py\) \|$", re.M)


class Claim(NamedTuple):
    """A claim of a lesson, and what was measured.

    Attributes:
        section: of the text, as ``"1.1 Vanishing gradients"``; empty if it is that of
            the claim before.
        statement: the claim.
        measured: the numbers.
        text: the folder of the lesson.
        lesson: its name there.
    """

    section: str
    statement: str
    measured: str
    text: str
    lesson: str


class Text(NamedTuple):
    """A text, and what its lessons claim.

    Attributes:
        folder: of its lessons.
        title: of the text.
        claims: in the order of its sections.
    """

    folder: str
    title: str
    claims: tuple[Claim, ...]

    @property
    def lessons(self) -> tuple[str, ...]:
        """The names of its lessons."""
        return tuple(dict.fromkeys(claim.lesson for claim in self.claims))


@cache
def texts() -> tuple[Text, ...]:
    """Read what the guide to the lessons says of each text."""
    _, *parts = re.split(
        r"^## ", (LESSONS / "README.md").read_text("utf-8"), flags=re.M
    )
    found = []
    for part in parts:
        claims = tuple(Claim(*row) for row in ROW.findall(part))
        if claims:
            found.append(Text(claims[0].text, part.partition("\n")[0], claims))
    return tuple(found)


def lesson_pages() -> Iterator[Page]:
    """Yield the page that lists the texts, those of the texts, and of their lessons."""
    yield Page("lessons/index.html", "lessons.html", {"texts": texts()})
    for text in texts():
        yield Page(f"lessons/{text.folder}/index.html", "text.html", {"text": text})
        for name in text.lessons:
            yield _lesson(text, name)


def _lesson(text: Text, name: str) -> Page:
    source = (LESSONS / text.folder / f"{name}.py").read_text("utf-8")
    said = ast.get_docstring(ast.parse(source)) or name
    picture = LESSONS / "plots" / f"{name}.png"
    context = {
        "text": text,
        "lesson": name,
        "title": " ".join(said.partition("\n\n")[0].split()).rstrip("."),
        "claims": [claim for claim in text.claims if claim.lesson == name],
        "source": source,
        "entries": _measured_by(f"{text.folder}/{name}"),
        "picture": picture.name if picture.is_file() else "",
    }
    return Page(f"lessons/{text.folder}/{name}.html", "lesson.html", context)


def _measured_by(lesson: str) -> list[Difference]:
    """Return the differences of which a lesson measured what they do."""
    return [e for e in entries() if lesson in {found.lesson for found in e.matters}]


def pictures() -> dict[str, bytes]:
    """Return the pictures that pages show, by where they lie."""
    names = {name for text in texts() for name in text.lessons}
    found = sorted((LESSONS / "plots").glob("*.png"))
    return {f"lessons/{p.name}": p.read_bytes() for p in found if p.stem in names}
