"""A document of a report is refused, or gives one that can be shown and saved."""

from __future__ import annotations

import json
import math
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from netspec import NetspecError
from netspec.conformance.judging import Histogram, Verdict
from netspec.conformance.report import Localization, Report, render_page
from tests.conformance.test_report import GOOD, row, shown

FULL = json.loads(
    Report(
        7,
        [row(), replace(row("fail"), verdict=Verdict("fail", math.inf, 0.0, "far"))]
        + [
            replace(row(), verdict=replace(GOOD, histogram=drawn))
            for drawn in [Histogram((0.0, 0.5, 1.0), (3, 4), (3.5, 3.5))]
        ],
        [Localization("torch", "net", "float32", "training", ("at 0",), "print()")],
        seconds={("torch", "outputs"): 1.5},
        specs={"net": {"netspec": 1}},
        environment={"netspec": "1", "torch": "2"},
    ).to_json()
)
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 5, 0, -1.5, 10**400, "", "NaN", "Infinity", "\ud800", "\x1b"),
        *([], [1], ["a"], [{}], [[1]], [math.inf], {}, {"a": 1}, {"edges": [1]}),
    ]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        inside = list(value.items() if isinstance(value, dict) else enumerate(value))
    return [path, *(p for key, held in inside for p in places(held, (*path, key)))]


@settings(max_examples=100)
@given(st.sampled_from(places(FULL)[1:]), ODD)
def test_a_report_is_refused_or_can_be_shown(place: tuple[Any, ...], odd: Any) -> None:
    document = deepcopy(FULL)
    held = document
    for key in place[:-1]:
        held = held[key]
    held[place[-1]] = odd
    try:
        report = Report.from_json(json.dumps(document))
    except NetspecError:
        return
    shown(report)
    render_page(report).encode(errors="backslashreplace")
    assert report.to_json()


def test_a_page_holds_what_utf_8_does_not(tmp_path: Path) -> None:
    Report(0, [row(what="half \ud800 of a pair")]).to_html(tmp_path / "page.html")
    assert "half \\ud800 of" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_report_of_a_later_netspec_may_have_more_fields() -> None:
    document = deepcopy(FULL)
    places_of_fields = (document, document["rows"][0], document["divergences"][0])
    for held in (*places_of_fields, document["rows"][0]["verdict"]):
        held["novel"] = 1
    assert Report.from_json(json.dumps(document)).rows[0] == row()
