"""Reports as documents: they come back, and what is none is refused."""

from __future__ import annotations

import html
import json
import math
import re
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netspec import NetspecError
from netspec.conformance.judging import Histogram, Verdict
from netspec.conformance.report import (
    Localization,
    Report,
    Row,
    decode_row,
    encode_row,
    render_page,
)
from tests.conformance.test_report import GOOD, ROWS, row, shown


@given(ROWS)
def test_rows_come_back_from_their_documents(given_row: Row) -> None:
    document = json.dumps(encode_row(given_row), allow_nan=False)
    assert repr(decode_row(json.loads(document))) == repr(given_row)  # NaN != NaN


def test_reports_come_back_from_json() -> None:
    found = Localization("torch", "net", "float32", "training", ("at 0",), "print()")
    report = Report(
        7,
        [row(), row("fail")],
        [found],
        complete=False,
        seconds={("torch", "outputs"): 1.5},
        specs={"net": {"netspec": 1}},
        command="netspec conform net.yaml",
    )
    again = Report.from_json(report.to_json())
    assert again == report
    assert again.to_json() == report.to_json()


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "Expecting value"),
        ("[]", "must be a mapping"),
        ("{}", "lacks 'schema'"),
        ('{"schema": 3}', "upgrade netspec"),
        ('{"schema": 1}', "lacks 'seed'"),
        ("[" * 100_000, "not a conformance report"),
    ],
)
def test_what_is_no_report_is_refused(source: str, problem: str) -> None:
    with pytest.raises(NetspecError, match=problem):
        Report.from_json(source)


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


def test_a_report_of_the_first_version_is_read() -> None:
    document = json.loads(Report(0, [row(), row("weak")]).to_json())
    del document["verdict"], document["quick"]
    document |= {"schema": 1, "environment": {"netspec": "0"}}
    report = Report.from_json(json.dumps(document))
    assert report.verdict == "UNDECIDED"  # nobody looked whether float64 is sharp
    assert "UNDECIDED" in render_page(report)


def test_a_notebook_shows_the_page_in_a_frame() -> None:
    framed = Report(0, [row(what="a < b")])._repr_html_()
    assert re.fullmatch(
        r'<iframe srcdoc="[^"<>]*" style="[^"]*"></iframe>', framed, re.S
    )
    assert "a &lt; b" in html.unescape(framed)
