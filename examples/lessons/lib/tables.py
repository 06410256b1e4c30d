"""Small tables and lists of numbers, with three significant digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table


def table(
    heads: Sequence[str], rows: Iterable[Iterable[object]], title: str = ""
) -> None:
    """Print rows below heads; the first column names what the others hold."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, head in enumerate(heads):
        made.add_column(head, justify="right" if index else "left")
    for row in rows:
        made.add_row(*map(text, row))
    console = Console(highlight=False)
    if title:
        console.print(title, end="\n\n")
    console.print(made)
    console.print()


def text(value: object) -> str:
    """Write a number with three significant digits; everything else as it is."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def listed(found: Mapping[str, float]) -> str:
    """Write ``gluon 0.0109, torch 0.0103``, or ``0.01 in gluon and torch``."""
    shown = {name: text(value) for name, value in found.items()}
    if len(shown) > 1 and len(set(shown.values())) == 1:
        *others, last = shown
        return f"{shown[last]} in {', '.join(others)} and {last}"
    return ", ".join(f"{name} {value}" for name, value in shown.items())
