"""What a page of the guide asks for, and where it comes from.

    <!-- from README.md: The proof -->    a section of another file, with its title
    <!-- from CONTRIBUTING.md -->         the file
    <!-- commands -->                     the command line, as Typer knows it
    <!-- examples of netspec begin -->    what they have in common

and a fence ``{names} module`` with public names, which autodoc documents. So every text
stands in one place.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from building import commands, examples, names

GUIDE = Path(__file__).parents[1]
ROOT = GUIDE.parents[1]
FROM = re.compile(r"^<!-- from ([^:\s]+)(?:: (.+?))? -->$", re.MULTILINE)
BEGIN = re.compile(r"^<!-- examples of (\S+) begin -->$", re.MULTILINE)
LINK = re.compile(r"(!?)\[([^]]*)\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def version() -> str:
    """Return the version of the project: a checkout need not be installed anew."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(document["project"]["version"])


def expand(app: Any, name: str, source: list[str]) -> None:
    """Write a page with all that it asks for.

    Raises:
        ValueError: it asks for a section or a name that does not exist.
    """
    up = "../" * name.count("/")
    text = FROM.sub(lambda found: _text(*found.groups(), up), source[0])
    text = text.replace("<!-- commands -->", commands.text())
    text = BEGIN.sub(lambda found: _begin(found[1]), text)
    source[0] = names.FENCE.sub(lambda found: names.text(*found.groups()), text)


def section(text: str, title: str) -> str:
    """Return a section, its own heading left out.

    Raises:
        ValueError: the text has no such heading.
    """
    marked = FENCED.sub(lambda found: found[0].replace("\n#", "\n\0"), text)
    found = re.search(
        rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)",
        marked,
        re.MULTILINE | re.DOTALL,
    )
    if not found:
        raise ValueError(f"no section {title!r}")
    return found[2].replace("\n\0", "\n#").strip()


def _begin(module: str) -> str:
    return f"The examples begin with\n\n```pycon\n{examples.begin(module)}```"


def _text(file: str, title: str | None, up: str) -> str:
    text = (ROOT / file).read_text(encoding="utf-8")
    folder = (ROOT / file).parent
    text = section(text, title) if title else text
    return LINK.sub(lambda found: _link(folder, up, *found.groups()), text)


def _link(folder: Path, up: str, mark: str, text: str, target: str) -> str:
    """Point to the page that holds a file; name a file that no page holds."""
    if "://" in target or target.startswith("#"):
        return f"{mark}[{text}]({target})"
    path = (folder / target).resolve()
    if mark:
        return f"![{text}]({up}../{path.relative_to(GUIDE.parent)})"
    if page := _whole().get(path):
        return f"[{text}]({up}{page})"
    named = f"`{path.relative_to(ROOT)}`"
    return named if text.strip("`") in named else f"{text} ({named})"


def _whole() -> dict[Path, str]:
    """Return the page of each file that has one of its own."""
    found = {}
    for page in GUIDE.glob("*.md"):
        for file, title in FROM.findall(page.read_text(encoding="utf-8")):
            if not title:
                found[ROOT / file] = page.name
    return found
