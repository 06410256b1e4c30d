"""Color source code with four kinds of words, in few bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape

from markupsafe import Markup

# Where a line may break before it breaks a word: behind ( or = beside a long name
LONG = re.compile(r"[\w.]{14,}\(|=(?=[\w.]{14,})")


@cache
def colored(source: str, language: str = "python") -> Markup:
    """Return source as HTML, with comments, strings, numbers and keywords marked."""
    return Markup("".join(_piece(*run) for run in pieces(source, language)))  # noqa: S704


def pieces(source: str, language: str = "python") -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of what has one color, joined as far as it goes."""
    from pygments import token
    from pygments.lexers import get_lexer_by_name

    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    kinds = {
        token.Comment: "c",
        token.String: "s",
        token.Number: "m",
        token.Keyword: "k",
    }
    kind, held = "", ""
    for type_, text in lexer.get_tokens(source):
        found = next((mark for known, mark in kinds.items() if type_ in known), "")
        if found != kind and text.strip():
            yield kind, held
            kind, held = found, ""
        held += text
    yield kind, held


def _piece(kind: str, text: str) -> str:
    safe = escape(text, quote=False)
    return f"<i class={kind}>{safe}</i>" if kind else LONG.sub(r"\g<0><wbr>", safe)


def prose(text: str) -> Markup:
    """Return plain text as HTML, with what it marks as code or as strong."""
    made = (
        f"<code>{escape(part, quote=False)}</code>"
        if i % 2
        else escape(part, quote=False)
        for i, part in enumerate(re.split(r"`{1,2}([^`]+)`{1,2}", text))
    )
    strong = re.sub(r"\*\*(\w[^*]*)\*\*", r"<strong>\1</strong>", "".join(made))
    return Markup(strong)  # noqa: S704 (escaped part by part)
