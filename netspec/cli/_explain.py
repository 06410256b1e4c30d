"""``netspec explain``: known differences, shown at work here and now."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from netspec._system import write_atomically
from netspec.cli import _explained
from netspec.cli._options import AsJson
from netspec.differences import Difference, Told, course, entries, select, shown, tell
from netspec.errors import BackendNotInstalled, NetspecError
from netspec.html import render
from netspec.spec import documents

CHECK_FAILED = 1

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        help="As `netspec differences` lists it; or a layer, a topic, a group.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every known difference.")]
Quiz = Annotated[
    bool, typer.Option("--quiz", help="Ask before showing; without NAME, a course.")
]
Html = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write a page instead.")
]


def explain(
    name: Name = None,
    every: All = False,
    quiz: Quiz = False,
    json: AsJson = False,
    html: Html = None,
) -> None:
    """Show known differences at work on the frameworks that are installed here; where
    one is missing, what was recorded.
    """
    chosen = _chosen(name, every, quiz)
    if json or html:
        told = [*map(tell, chosen)]
        if html:
            write_atomically(
                html, render("differences.html", told=told, shown=shown).encode()
            )
        if json:
            text = documents.to_json([one.document() for one in told])
            typer.echo(text, nl=False)
    else:
        told = [_shown(entry, quiz, last=entry is chosen[-1]) for entry in chosen]
    _conclude(told)


def _chosen(name: str | None, every: bool, quiz: bool) -> tuple[Difference, ...]:
    if name and every:
        raise NetspecError("explain takes a NAME or --all; give one of them")
    if name is None and not every and not quiz:
        raise NetspecError(
            "explain needs the NAME of a difference, a layer, a topic or a group, or"
            " --all; `netspec differences` lists them"
        )
    chosen = select(name) if name else entries() if every else course()
    if not quiz:
        return chosen
    if asked := tuple(entry for entry in chosen if entry.question):
        return asked
    raise NetspecError(
        f"{name}: no question is known of it; `netspec explain --quiz` asks those that"
        " are"
    )


def _shown(entry: Difference, quiz: bool, last: bool) -> Told:
    """Print an entry while it is computed, so that nobody waits for all."""
    console = _explained.console()
    _explained.introduce(console, entry, reveal=not quiz)
    told = tell(entry)
    if quiz:
        _explained.show_code(console, told)
        _explained.ask(console, told, prompt=_prompt if _is_terminal() else None)
    _explained.show_results(console, told, code=not quiz)
    _explained.conclude(console, told)
    if not last:
        console.rule(style="dim")
    return told


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _prompt(letters: str) -> str:
    return str(typer.prompt(f"Your answer ({letters})")).strip().lower()


def _conclude(told: list[Told]) -> None:
    nothing = [one for one in told if not one.witness.results]
    if told and len(nothing) == len(told):
        first = nothing[0]
        commands = " && ".join(first.witness.missing.values())
        raise BackendNotInstalled(
            f"{first.entry.id}: nothing could run; run: {commands}"
        )
    if any(one.witness.holds is False for one in told):
        raise typer.Exit(CHECK_FAILED)
