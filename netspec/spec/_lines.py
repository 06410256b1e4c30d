"""Where in a file its keys and entries stand; worked out only for a mistake in it."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from netspec.declare import MAX_DEPTH
from netspec.errors import Path, Problem, SpecError


def located(error: SpecError, source: str, name: str) -> SpecError:
    """Return an error that names the file, and the line of each problem.

    Args:
        error: what is wrong with the document.
        source: the text of the file, YAML or JSON.
        name: of the file.
    """
    lines = lines_of(source) if any(p.path for p in error.problems) else {}
    problems = [_on_line(problem, lines) for problem in error.problems]
    known = [problem for problem in problems if problem.line]
    ordered = sorted(known, key=lambda problem: problem.line or 0)
    return SpecError.of([*ordered, *(p for p in problems if not p.line)], name)


def _on_line(problem: Problem, lines: dict[Path, int]) -> Problem:
    """Give a problem the line of the last part of its path that stands in the file."""
    longest = range(len(problem.path), 0, -1)
    found = (lines[problem.path[:n]] for n in longest if problem.path[:n] in lines)
    return problem._replace(line=problem.line or next(found, None))


def lines_of(source: str) -> dict[Path, int]:
    """Return the line, from 1, of every key and entry of a document, by path; empty for
    a text that YAML does not read, such as JSON with tabs.
    """
    try:
        return dict(_places(source))
    except yaml.YAMLError:
        return {}


def _places(source: str) -> Iterator[tuple[Path, int]]:
    path: list[str | int | None] = []  # of what comes next; None where a key does
    for event in yaml.parse(source, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        begins = isinstance(event, yaml.CollectionStartEvent)
        scalar = isinstance(event, yaml.ScalarEvent)
        if isinstance(event, yaml.CollectionEndEvent):
            path.pop()
            _advance(path)
        elif path and path[-1] is None:
            path[-1] = str(getattr(event, "value", ""))
            yield _known(path), _line(event)
        elif begins or scalar:
            if path and isinstance(path[-1], int):
                yield _known(path), _line(event)
            if len(path) > MAX_DEPTH:  # refused wherever it goes on
                return
            if begins:
                path.append(None if isinstance(event, yaml.MappingStartEvent) else 0)
            else:
                _advance(path)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _known(path: list[str | int | None]) -> Path:
    return tuple(part for part in path if part is not None)


def _advance(path: list[str | int | None]) -> None:
    """Go on from a value to the next entry, or to the next key."""
    if path:
        path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
