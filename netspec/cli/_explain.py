"""``netspec explain``: one known difference, shown at work here and now."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from netspec.differences import Difference, Witness, find, version, witness
from netspec.errors import BackendNotInstalled

CHECK_FAILED = 1
HANDLING = {
    "exact": "exact: netspec makes the frameworks agree",
    "declared": "declared: they differ as the formula says, which is checked",
    "refused": "refused: netspec raises an error that says why",
}

Id = Annotated[
    str, typer.Argument(metavar="ID", help="As `netspec differences` lists it.")
]


def explain(id: Id) -> None:  # noqa: A002 (the name of the field)
    """Show a known difference at work on the frameworks that are installed here."""
    entry = find(id)
    console = Console(highlight=False, emoji=False)
    _introduce(console, entry)
    seen = witness(entry)
    for framework, code in entry.witness.items():
        _show(console, _versioned(framework), _highlighted(code))
        _show(console, "gives", _given(seen, framework))
    _conclude(console, entry, seen)
    if not seen.results:
        raise BackendNotInstalled(
            f"{entry.id}: nothing could run; run: {' && '.join(seen.missing.values())}"
        )
    if seen.holds is False:
        raise typer.Exit(CHECK_FAILED)


def _introduce(console: Console, entry: Difference) -> None:
    console.print(Text(entry.title, "bold"))
    versions = ", ".join(map(" ".join, entry.frameworks.items()))
    told = f"{', '.join(entry.about)}; seen on {versions}, {_devices(entry)}"
    console.print(Text(told, "dim"))
    _show(console, "Cause", entry.cause)
    _show(console, "Formula", entry.formula)
    if entry.setup:
        _show(console, "Before each snippet", _highlighted(entry.setup))


def _devices(entry: Difference) -> str:
    if "any" in entry.devices:
        return "whatever the device"
    return f"on the {' and the '.join(map(str.upper, entry.devices))}"


def _conclude(console: Console, entry: Difference, seen: Witness) -> None:
    _show(console, "Relation", _highlighted(entry.relation))
    _show(console, "On these versions it", _verdict(seen))
    _show(console, "Handling", HANDLING[entry.handling])
    _show(console, "Advice", entry.advice)


def _show(console: Console, name: str, content: str | Text) -> None:
    """Print text wrapped, and code, which is Text, whole: it can be copied."""
    console.print(Text(f"\n{name}", "bold cyan"))
    if isinstance(content, str):
        console.print(Padding(Text(content), (0, 0, 0, 2), expand=False))
        return
    for line in content.split(allow_blank=True):
        console.print(Text("  ") + line, soft_wrap=True)


def _highlighted(code: str) -> Text:
    highlighted = Syntax("", "python", theme="ansi_dark").highlight(code)
    highlighted.rstrip()
    return highlighted


def _versioned(framework: str) -> str:
    return " ".join(filter(None, (framework, version(framework))))


def _given(seen: Witness, framework: str) -> str:
    if framework in seen.missing:
        return f"nothing: not installed; run: {seen.missing[framework]}"
    return _listed(seen.results[framework])


def _listed(result: object) -> str:
    if isinstance(result, tuple) and any(isinstance(x, np.ndarray) for x in result):
        return "\n".join(map(_listed, result))
    with np.printoptions(threshold=12, edgeitems=2):
        return str(result)


def _verdict(seen: Witness) -> str:
    if seen.holds is None:
        return "was not checked: one is missing"
    return "holds" if seen.holds else f"does not hold: {seen.problem}"
