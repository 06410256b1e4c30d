"""The pages of the command line, from what Typer knows of it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from netspec.cli import app


def text() -> str:
    """Return a section for each command: its use, meaning, arguments and options."""
    group = typer.main.get_command(app)
    parts = ["## netspec", *_parts(group, "netspec")]
    for name in sorted(group.commands):
        command = group.commands[name]
        parts += [f"## netspec {name}", *_parts(command, f"netspec {name}")]
    return "\n\n".join(parts)


def _parts(command: Any, name: str) -> Iterator[str]:
    context = command.make_context(name, [], resilient_parsing=True)
    yield f"```text\n{command.get_usage(context).strip()}\n```"
    yield _escape(inspect.cleandoc(command.help or "").split("\f")[0])
    records = (param.get_help_record(context) for param in command.get_params(context))
    rows = [_row(*record) for record in records if record]
    yield "\n".join(["| | |", "|---|---|", *rows])


def _row(name: str, meaning: str) -> str:
    return f"| `{name.replace('|', chr(92) + '|')}` | {_escape(meaning)} |"


def _escape(text: str) -> str:
    for mark in "|*<_":
        text = text.replace(mark, f"\\{mark}")
    return text
