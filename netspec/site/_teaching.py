"""The pages of the quiz, of the plans for a class, and for who changes frameworks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netspec.differences import LEVELS, Difference, course, entries, groups
from netspec.site._differences import told
from netspec.site._frameworks import named
from netspec.site._lessons import texts
from netspec.site._page import Page
from netspec.site._plans import plans

ROUTES = (("gluon", "torch"), ("gluon", "jax"), ("torch", "jax"))
MEANINGS = {
    "exact": "netspec makes these agree",
    "declared": "these stay, by a formula",
    "refused": "netspec refuses these, and says why",
}


def quiz_pages() -> Iterator[Page]:
    """Yield the quiz, and its sheet with the key."""
    asked = [one for one in map(told, course()) if one.options]
    family = {entry.id: name for name, held in groups().items() for entry in held}
    topics = list(dict.fromkeys(family[one.entry.id] for one in asked))
    context = {"asked": asked, "family": family, "topics": topics, "levels": LEVELS}
    yield Page("quiz/index.html", "quiz.html", context)
    yield Page("quiz/sheet.html", "sheet.html", context)


def class_pages() -> Iterator[Page]:
    """Yield the plans, and the page that lists them."""
    yield Page("class/index.html", "classes.html", {"plans": plans()})
    for number, plan in enumerate(plans(), start=1):
        steps = [
            step | {"pages": [*map(_link, step["pages"])]} for step in plan["steps"]
        ]
        context = {"plan": plan | {"steps": steps}, "number": number, "plans": plans()}
        yield Page(f"class/{number}.html", "class.html", context)


def _link(name: str) -> tuple[str, str]:
    """Return the address and the title of a page that a plan names: an entry, a layer,
    as ``layers/BatchNorm``, a lesson, as ``gluon/softmax``, or a page of the site.
    """
    titles = {entry.id: entry.title for entry in entries()}
    if name in titles:
        return f"differences/{name}.html#projector", titles[name]
    folder, _, last = name.partition("/")
    if folder in {text.folder for text in texts()}:
        return f"lessons/{name}.html", f"Lesson: {last.replace('_', ' ')}"
    return f"{name}.html", name.removesuffix("/index").replace("/", ": ")


def migrate_pages() -> Iterator[Page]:
    """Yield a page for each way between two frameworks."""
    routes = [(f"{a}-to-{b}", f"{named(a)} to {named(b)}") for a, b in ROUTES]
    yield Page("migrate/index.html", "migrations.html", {"routes": routes})
    for (a, b), (name, title) in zip(ROUTES, routes, strict=True):
        context: dict[str, Any] = {
            "title": title,
            "pair": (a, b),
            "routes": routes,
            "found": _between(a, b),
            "meanings": MEANINGS,
        }
        yield Page(f"migrate/{name}.html", "migrate.html", context)


def _between(a: str, b: str) -> dict[str, list[Difference]]:
    """Return the entries that both frameworks are in, by family, those of the course
    first.
    """
    taught = {entry.id for entry in course()}
    both = {
        name: [entry for entry in held if {a, b} <= set(entry.witness)]
        for name, held in groups().items()
    }
    return {
        name: sorted(held, key=lambda entry: entry.id not in taught)
        for name, held in both.items()
        if held
    }
