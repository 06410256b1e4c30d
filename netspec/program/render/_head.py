"""What a file says of itself."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from unicodedata import east_asian_width

from netspec.program.render._printer import WIDTH


def docstring(name: str, digest: str, framework: str) -> Iterator[str]:
    """Yield the lines of the docstring of a file, for a model of a name."""
    title = f'"""Model {_escaped(name)}, exported by netspec'
    title += f" (digest {digest[:12]})."
    wide = sum(east_asian_width(c) in "FW" for c in title)  # two columns each
    width = max(WIDTH - wide, 20)
    yield from textwrap.wrap(
        title, width, break_long_words=False, break_on_hyphens=False
    )
    yield ""
    yield f"It needs nothing but {framework}."
    yield '"""'


def _escaped(name: str) -> str:
    """Escape characters of a name that cannot stand in a docstring."""
    plain = (c if c.isprintable() and c != "\\" else _code(ord(c)) for c in name)
    return "".join(plain).replace('"""', r"\"\"\"")


def _code(point: int) -> str:
    return rf"\u{point:04x}" if point < 2**16 else rf"\U{point:08x}"
