"""The pages of the differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import yaml

from netspec.differences import Difference, Told, course, entries, groups, tell, topics
from netspec.layers import LAYERS
from netspec.site._drawing import drawn
from netspec.site._native import natives
from netspec.site._page import Page
from netspec.site._plans import plans_with
from netspec.site._samples import shown_specs


class Equal(NamedTuple):
    """Code that makes frameworks agree, or says how they do not.

    Attributes:
        spec: as YAML.
        calls: by framework, what the spec becomes.
        recorded: by framework, on which version and day that was asked.
    """

    spec: str
    calls: Mapping[str, str]
    recorded: Mapping[str, str]


def difference_pages(chosen: Iterable[Difference]) -> Iterator[Page]:
    """Yield a page for each of these entries."""
    following = _following()
    for entry in chosen:
        one = told(entry)
        context: dict[str, Any] = {
            "entry": entry,
            "one": one,
            "drawing": drawn(entry, one.table) if one.table else None,
            "equal": _equal(entry),
            "before": [e for e in entries() if e.id in entry.after],
            "next": following.get(entry.id),
            "classes": plans_with(entry.id),
            "layers": LAYERS,
        }
        yield Page(f"differences/{entry.id}.html", "difference.html", context)


def told(entry: Difference) -> Told:
    """Return what is known of an entry: from recordings, and where these have not all
    of it, from a run here and now.
    """
    recalled = tell(entry, live=False)
    return tell(entry) if recalled.witness.missing else recalled


def _following() -> dict[str, Difference]:
    """Return the entry to read next: in the course, else in the family."""
    ways = (*groups().values(), course())
    return {one.id: other for way in ways for one, other in pairwise(way)}


def _equal(entry: Difference) -> Equal | None:
    if entry.id not in shown_specs():
        return None
    _, spec = shown_specs()[entry.id]
    document = {"netspec": 1, "name": entry.id} | spec_document(entry)
    calls = {
        name: calls
        for name, told in natives().items()
        if name in entry.backends and (calls := told.calls(entry.id, spec))
    }
    recorded = {name: str(natives()[name]) for name in calls}
    written = yaml.safe_dump(document, sort_keys=False, default_flow_style=None)
    return Equal(written, calls, recorded)


def spec_document(entry: Difference) -> dict[str, Any]:
    """Return the document of the spec of an entry as plain data."""
    return {key: _plain(value) for key, value in (entry.spec or {}).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [*map(_plain, value)] if isinstance(value, list | tuple) else value


def index_page() -> Page:
    """Return the page that lists all entries, by family."""
    context = {"groups": groups(), "topics": topics(), "course": course()}
    return Page("differences/index.html", "differences.html", context)
