"""The site as files, and what must be true of a page: every check says what is not."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from netspec.differences import (
    Difference,
    Option,
    Table,
    course,
    find,
    in_words,
    options,
    recall,
    shown,
    table,
)

LARGEST = 60 * 1024
LOGARITHMIC = 300  # the ratio of values from which on logarithms are drawn
PARTS = {
    "Predict": "question",
    "See": "play",
    "Does it matter?": "matters",
    "Seen in the wild": "wild",
    "Exercise": "exercise",
}
FROM_AFAR = re.compile(
    r"""<link|@import|url\(|<(?:script|iframe) src|<img[^>]*src="(?:http|/)|\bfetch\("""
)
ASKED = re.compile(r'<div class="ask">(.*?)</div>', re.DOTALL)
ANSWER = re.compile(
    r'<details name="(.*?)" class="(.*?)"><summary><b>(.)</b>(.*?)</summary>', re.DOTALL
)
OUTPUT = re.compile(r'<pre class="out" data-framework="(.*?)">(.*?)</pre>', re.DOTALL)
FRAME = re.compile(r'<div class="frame" data-stop="(.*?)"')
LABELLED = re.compile(r'class="(?:own|line) (\w+)".*?<b>(.*?)</b>', re.DOTALL)


class Site(NamedTuple):
    """A site: its pages by their addresses, and the addresses of all files."""

    pages: Mapping[str, str]
    files: frozenset[str]


Check = Callable[[Site, str], Iterator[str]]


def read(folder: Path) -> Site:
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*.*")}
    pages = {a: p.read_text("utf-8") for a, p in found.items() if p.suffix == ".html"}
    return Site(pages, frozenset(found))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.found += filter(None, (told.get("href"), told.get("src")))
        self.ids |= {told["id"] or ""} if "id" in told else set()


@cache
def _parsed(text: str) -> _Links:
    links = _Links()
    links.feed(text)
    return links


def links(site: Site, page: str) -> Iterator[str]:
    """Links lead to files, to places on pages, or to what was seen in the wild."""
    yield from lost(site, page, afar="https://github.com/")


def lost(site: Site, page: str, afar: str) -> Iterator[str]:
    """Say which links lead nowhere, but for those that begin with `afar`."""
    for link in _parsed(site.pages[page]).found:
        if link.startswith(afar):
            continue
        address, _, place = link.partition("?")[0].partition("#")
        beside = posixpath.join(posixpath.dirname(page), address)
        target = posixpath.normpath(beside) if address else page
        if target not in site.files:
            yield f"{link} leads to no file"
        elif place and place not in _parsed(site.pages[target]).ids:
            yield f"{link} leads to no place"


def size(site: Site, page: str) -> Iterator[str]:
    if (count := len(site.pages[page].encode())) >= LARGEST:
        yield f"{count} bytes"


def network(site: Site, page: str) -> Iterator[str]:
    """Nothing is fetched when a page is opened."""
    yield from FROM_AFAR.findall(site.pages[page])


def outputs(site: Site, page: str) -> Iterator[str]:
    """What snippets gave is what was recorded."""
    if entry := _entry(page):
        given = dict(OUTPUT.findall(site.pages[page]))
        for name, result in recall(entry).results.items():
            if (text := unescape(given.get(name, ""))) != shown(result):
                yield f"{name} gave {shown(result)!r}, not {text!r}"


def parts(site: Site, page: str) -> Iterator[str]:
    """A page shows what its entry has, and nothing else."""
    if entry := _entry(page):
        for heading, field in PARTS.items():
            there = f"<h2>{heading}</h2>" in site.pages[page]
            if there != bool(getattr(entry, field)):
                yield f"{heading!r} is {'there' if there else 'missing'}"


def answers(site: Site, page: str) -> Iterator[str]:
    """The answers to a question are those that the witnesses gave, in their order."""
    for asked in ASKED.findall(site.pages[page]):
        found = [(i, *rest, unescape(text)) for i, *rest, text in ANSWER.findall(asked)]
        name = found[0][0]
        for mine, option in zip(found, _options(name), strict=True):
            kind = "right" if option.right else "wrong"
            if mine[1:] != (kind, option.letter, option.text):
                yield f"{name}: {option.letter} must be {option.text}, {kind}"


def key(site: Site, page: str) -> Iterator[str]:
    """The key of the printed sheet is that of the questions on it."""
    if page != "quiz/sheet.html":
        return
    questions, keys = site.pages[page].split("<h2>Key</h2>")
    given = re.findall(r"<strong>(.)</strong>, (.*?): ", keys)
    asked = re.findall(r'<ol type="a">(.*?)</ol>', questions)
    if len(given) != len(asked):
        yield f"{len(asked)} questions, {len(given)} in the key"
    for (letter, text), listed in zip(given, asked, strict=False):
        offered = re.findall("<li>(.*?)</li>", listed)
        if offered["abcde".index(letter)] != text:
            yield f"{letter} of {listed} is not {text}"
    right = [o for entry in course() for o in _options(entry.id) if o.right]
    if wrong := {*map(unescape, dict(given).values())} - {o.text for o in right}:
        yield f"right nowhere: {wrong}"


def ends(site: Site, page: str) -> Iterator[str]:
    """Curves and bars end where the formulas say, at both ends of their slider."""
    entry = _entry(page)
    made = table(entry) if entry else None
    if entry is None or made is None or made.kind == "grid":
        return
    _, *frames = FRAME.split(site.pages[page].partition("<h2>See</h2>")[2])
    drawn = [*zip(frames[::2], frames[1::2], strict=True)]
    for stop, (said, frame) in ((made.stops[0], drawn[0]), (made.stops[-1], drawn[-1])):
        if said != in_words(stop):
            yield f"the slider is at {said}, not {in_words(stop)}"
        given = dict(LABELLED.findall(frame))
        for label in made.series:
            value = formula(entry, label, stop)
            if given.get(label) != in_words(value):
                yield f"{label} at {said} is {value}, not {given.get(label)}"
            if made.kind == "curve" and not _ends_at(frame, label, height(made, value)):
                yield f"{label} at {said} is drawn elsewhere"


def _ends_at(frame: str, label: str, height: float) -> bool:
    line = re.search(rf'<polyline class="{label}" points=".*?,?([\d.]+)"/>', frame)
    return line is not None and abs(float(line[1]) - height) < 0.06


def height(made: Table, value: float) -> float:
    """Return where a value of a curve lies, from 140 below to 0 on top."""
    values = np.ravel([*made.series.values()])
    low, high = values.min(), values.max()
    if low > 0 and high / low > LOGARITHMIC:
        value, low, high = np.log((value, low, high))
    return float(140 * (1 - (value - low) / (high - low)))


def formula(entry: Difference, label: str, stop: float) -> float:
    """Evaluate the formula of a picture anew, at a stop and, of a curve, its end."""
    made = table(entry)
    assert made is not None
    assert entry.play is not None
    names: dict[str, Any] = {"np": np}
    exec(entry.setup or "", names)
    axis = {made.across: np.array(made.points[-1:])} if made.across else {}
    names |= axis | {made.slider: stop}
    return float(np.ravel(eval(entry.play.formulas[label], names))[-1])


def _entry(page: str) -> Difference | None:
    folder, _, file = page.partition("/")
    name = file.removesuffix(".html")
    return find(name) if folder == "differences" and name != "index" else None


@cache
def _options(name: str) -> tuple[Option, ...]:
    return options(find(name), recall(find(name)).results)


CHECKS: tuple[Check, ...] = (
    links,
    size,
    network,
    outputs,
    parts,
    answers,
    key,
    ends,
)
