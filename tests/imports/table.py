"""The table of models that were imported, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.imports.run import Line

FILE = Path(__file__).with_name("TABLE.md")
HEAD = """# Models that came in

Written by `make imports`, which goes on where it was interrupted. Each model has
weights that are drawn, and is imported at the smallest images that it takes; the
distance is that of the outputs of both for one batch, in evaluation, relative to the
largest; the seconds are those of the import, and of all that was done.

| from | net | came in | images | parameters | distance | seconds |
| --- | --- | --- | --- | --: | --- | --- |
"""
Lines = dict[tuple[str, str], str]  # by family and net


def read(file: Path = FILE) -> Lines:
    """Return the lines that are in the table."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = text.removeprefix(HEAD).splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines]
    return {(each[0], each[1]): line for each, line in zip(cells, lines, strict=True)}


def write(lines: Mapping[tuple[str, str], str], file: Path = FILE) -> None:
    """Write the whole table."""
    file.write_text(HEAD + "\n".join(lines.values()) + "\n", encoding="utf-8")


def written(line: Line) -> str:
    """Write a line of the table."""
    return f"| {' | '.join(cell or '-' for cell in line[:-1])} |"
