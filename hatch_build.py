"""The README as an index of packages shows it: there, nothing lies beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(!?)\[([^]]*)\]\((?!https?://|#)([^)\s]+)\)")
PICTURE = "!"


class Readme(MetadataHookInterface):
    """Gives the README with pictures and links to files in words."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Write the description of the package."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": plain(text)}


def plain(text: str) -> str:
    """Return Markdown in which a picture is its description, and a link to a file its
    text with the name of the file.
    """
    return LINK.sub(lambda found: _named(*found.groups()), text)


def _named(mark: str, text: str, target: str) -> str:
    if mark == PICTURE:
        return f"*Picture: {text}*"
    named = text.strip("`") in target
    return f"`{target}`" if named else f"{text} (`{target}`)"
