"""Pages of the guide hold what they ask for: sections, commands, links."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from netspec.cli import app

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = sorted(
    path.relative_to(GUIDE).as_posix()
    for path in GUIDE.rglob("*.md")
    if path.parent.name not in ("examples", "inventories")  # parts of pages
)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(GUIDE))
    return import_module("building.pages")


def expanded(pages: Any, page: str) -> str:
    source = [(GUIDE / page).read_text(encoding="utf-8")]
    pages.expand(None, page.removesuffix(".md"), source)
    return source[0]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_what_it_asks_for(page: str, pages: Any) -> None:
    text = expanded(pages, page)
    assert not re.search(
        r"^<!-- (from|commands|examples)|^```\{names\}", text, re.MULTILINE
    )
    folder, prose = (GUIDE / page).parent, pages.FENCED.sub("", text)
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", prose):
        assert (folder / target).exists(), target


def test_every_page_is_in_the_contents() -> None:
    listed = re.findall(r"^([\w/]+)$", (GUIDE / "index.md").read_text(), re.MULTILINE)
    assert sorted([*(f"{name}.md" for name in listed), "index.md"]) == PAGES


def test_every_command_has_a_section(pages: Any) -> None:
    text = expanded(pages, "commands.md")
    named = {
        c.name or c.callback.__name__ for c in app.registered_commands if c.callback
    }
    assert {f"netspec {name}" for name in named} <= set(
        re.findall("^## (.*)$", text, re.M)
    )


def test_a_section_that_does_not_exist_is_named(pages: Any) -> None:
    with pytest.raises(ValueError, match="no section 'The prof'"):
        pages.section("# a\n\n## The proof\n\ntext\n", "The prof")


def test_a_section_ends_where_the_next_begins_and_not_in_code(pages: Any) -> None:
    text = "## One\n\n```sh\n# no heading\n```\n\n### Part\n\n## Two\n\nmore\n"
    assert pages.section(text, "One") == "```sh\n# no heading\n```\n\n### Part"
