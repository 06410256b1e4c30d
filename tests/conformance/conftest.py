"""The order in which the backends are held against the reference."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what compares one model in one dtype follow each other, whatever the backend:
    the case is drawn, and forecast, for the first of them alone.
    """
    places = [place for place, item in enumerate(items) if _subject(item)]
    first: dict[tuple[str, str, bool], int] = {}
    for place in places:
        first.setdefault(_subject(items[place]), place)
    ordered = sorted((items[p] for p in places), key=lambda item: first[_subject(item)])
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


def _subject(item: pytest.Item) -> tuple[str, str, bool]:
    """Say what an item of the suite compares; nothing of other tests."""
    callspec = getattr(item, "callspec", None)
    unit = callspec.params.get("unit") if callspec else None
    if item.path.name != "test_backends.py" or not hasattr(unit, "subject"):
        return ()
    return unit.subject.spec.name, unit.subject.dtype, unit.subject.alone
