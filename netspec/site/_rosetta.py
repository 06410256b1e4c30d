"""The start page: each layer in each framework, differing arguments marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from netspec.differences import LEVELS, Difference, course, topics
from netspec.layers import LAYERS, elsewhere
from netspec.site._native import Native, natives
from netspec.site._samples import samples
from netspec.spec import documents

SIZED = re.compile(r"(.*?)([123])D$")
ARGUMENTS: Mapping[str, list[str]] = documents.load(
    Path(__file__).with_name("arguments.yaml")
)


class Argument(NamedTuple):
    """An argument of a native call.

    Attributes:
        text: as it is written: ``"momentum=0.1"``.
        href: the page of the difference that it makes; empty where none is known.
    """

    text: str
    href: str = ""


class Cell(NamedTuple):
    """A layer in a framework.

    Attributes:
        name: what is called; empty where there is nothing like it.
        arguments: with their defaults.
    """

    name: str
    arguments: tuple[Argument, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether it does not fit on a line with its first argument."""
        return len(self.name) + len(self.arguments[0].text) > 20


class Row(NamedTuple):
    """A layer, or the layers that differ in their number of dimensions.

    Attributes:
        name: of the layer.
        pages: by what the link says: ``{"2D": "Conv2D"}``.
        cells: by framework.
    """

    name: str
    pages: Mapping[str, str]
    cells: Mapping[str, Cell]


class Sides(NamedTuple):
    """A difference of a topic, with the line of each framework that shows it."""

    entry: Difference
    lines: Mapping[str, str]


def columns() -> tuple[str, ...]:
    """Return the frameworks that have a column: those that were asked."""
    return tuple(natives())


@cache
def layer_rows() -> Mapping[str, tuple[Row, ...]]:
    """Return a row for each layer, by the family that it is of."""
    rows: dict[str, list[Row]] = {}
    for name, group in _groups().items():
        module = LAYERS[group[0]].__module__.rpartition(".")[2].lstrip("_")
        rows.setdefault(module.replace("_", " "), []).append(_row(name, group))
    return {family: tuple(found) for family, found in rows.items()}


def _groups() -> dict[str, list[str]]:
    """Return the layers of each row: those that differ in their dimensions share it."""
    found: dict[str, list[str]] = {}
    known = samples()
    # those that others have, too, come first, as their list has them
    for name in dict.fromkeys((*(n for n in elsewhere() if n in known), *known)):
        sized = SIZED.match(name)
        found.setdefault(sized[1] if sized else name, []).append(name)
    return found


def _row(name: str, group: list[str]) -> Row:
    shown = next((one for one in group if one.endswith("2D")), group[0])
    pages = {m[2] + "D" if (m := SIZED.match(one)) else one: one for one in group}
    about = {entry for one in group for entry in topics().get(one, ())}
    return Row(name, pages, {fw: _cell(shown, fw, about) for fw in columns()})


def _cell(layer: str, framework: str, about: Iterable[Difference]) -> Cell:
    native = natives()[framework].layer(layer, samples()[layer])
    if native is None:
        return Cell(elsewhere().get(layer, {}).get(framework, ""))
    if "(" in native.name or not any(native.signature.values()):
        return _as_called(native)
    return Cell(native.name, tuple(_arguments(native, framework, about)))


def _as_called(native: Native) -> Cell:
    """Return a call as it is written: nothing is known of its defaults."""
    call = native.call.splitlines()[-1] if native.call else native.name
    written = native.name if "(" in native.name else call
    inside = native.name in written
    name, _, rest = (written if inside else native.name).partition("(")
    return Cell(name, (Argument(rest.removesuffix(")")),) if rest else ())


def _arguments(
    native: Native, framework: str, about: Iterable[Difference]
) -> Iterable[Argument]:
    for name, default in native.signature.items():
        if _is(name, "left_out"):
            continue
        entry = mentioned(name, framework, about)
        text = f"{name}={default}" if default else name
        if entry:
            yield Argument(text, f"differences/{entry.id}.html")
        elif not _is(name, "left_out_unmarked"):
            yield Argument(text)


def _is(argument: str, kind: str) -> bool:
    return any(re.fullmatch(one, argument) for one in ARGUMENTS[kind])


def mentioned(
    argument: str, framework: str, about: Iterable[Difference]
) -> Difference | None:
    """Return the difference that an argument makes: the one that names it first, in its
    title, its formula, its advice or its cause.
    """
    if argument in ARGUMENTS["no_marks"]:
        return None
    word = re.compile(rf"\b{re.escape(argument)}\b")
    ranked = [
        (rank, LEVELS.index(entry.level), entry.id, entry)
        for entry in about
        for rank, text in enumerate(_texts(entry, framework))
        if word.search(text)
    ]
    return min(ranked)[-1] if ranked else None


def _texts(entry: Difference, framework: str) -> tuple[str, ...]:
    """Return the texts that may name an argument, the likeliest first; those about
    other frameworks come last.
    """
    told = (entry.title, entry.formula, entry.advice, entry.cause)
    return told if framework in entry.witness else ("",) * len(told) + told


@cache
def topic_rows() -> Mapping[str, tuple[Sides, ...]]:
    """Return the course's differences of each topic that is no layer, with a line of
    each framework.
    """
    found = {
        topic: tuple(Sides(entry, _lines(entry)) for entry in held if entry in course())
        for topic, held in topics().items()
        if topic not in LAYERS
    }
    return {topic: rows for topic, rows in found.items() if rows}


def _lines(entry: Difference) -> dict[str, str]:
    """Return the longest line of each snippet, which mostly is the call itself."""
    return {
        name: max(code.strip().splitlines(), key=lambda line: "(" in line and len(line))
        for name, code in entry.witness.items()
    }
