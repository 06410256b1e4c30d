"""Reports as documents: they come back, and what is none is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from netspec import NetspecError
from netspec.conformance.judging import Histogram
from netspec.conformance.report import (
    Localization,
    Report,
    Row,
    decode_row,
    encode_row,
    render_page,
)
from tests.conformance.test_report import GOOD, ROWS, row


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
        ("[]", "must be an object"),
        ("{}", "lacks 'schema'"),
        ('{"schema": 3}', "upgrade netspec"),
        ('{"schema": 1}', "lacks 'seed'"),
        ("[" * 100_000, "not a conformance report"),
    ],
)
def test_what_is_no_report_is_refused(source: str, problem: str) -> None:
    with pytest.raises(NetspecError, match=problem):
        Report.from_json(source)


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        (("started",), 5, "started must be a text"),
        (("environment",), [], "environment must be an object"),
        (("environment", "python"), 3, "python must be a text"),
        (("specs",), [], "specs must be an object"),
        (("seed",), True, "seed must be an integer"),
        (("complete",), "no", "complete must be true or false"),
        (("rows",), {}, "rows must be a list"),
        (("rows", 0), None, "must be an object"),
        (("rows", 0, "backend"), None, "backend must be a text"),
        (("rows", 0, "verdict", "used"), 10**400, "too large"),
        (("rows", 0, "verdict", "used"), "far", "could not convert"),
        (("rows", 0, "verdict", "status"), "fine", "unknown status 'fine'"),
        (("rows", 0, "verdict", "conventions"), "all", "conventions must be a list"),
        (("rows", 0, "verdict", "histogram"), [1], "histogram must be an object"),
        (("rows", 0, "verdict", "histogram", "edges"), [1, 1, 2], "rising edges"),
        (("divergences", 0, "suspects"), [3], "must be a text"),
        (("seconds", 0, "seconds"), None, "seconds must be a number"),
    ],
)
def test_a_report_of_wrong_types_is_refused(
    place: tuple[Any, ...], value: Any, problem: str
) -> None:
    drawn = Histogram((0.0, 0.5, 1.0), (3, 4), (3.5, 3.5))
    one = replace(row(), verdict=replace(GOOD, histogram=drawn))
    found = Localization("torch", "net", "float32", "training", (), "print()")
    report = Report(0, [one], [found], seconds={("torch", "outputs"): 1.5})
    document = json.loads(report.to_json())
    *way, last = place
    part = document
    for key in way:
        part = part[key]
    part[last] = value
    with pytest.raises(NetspecError, match=problem):
        Report.from_json(json.dumps(document))


def test_a_report_of_the_first_version_is_read() -> None:
    document = json.loads(Report(0, [row(), row("weak")]).to_json())
    del document["verdict"], document["quick"]
    document |= {"schema": 1, "environment": {}}
    report = Report.from_json(json.dumps(document))
    assert report.verdict == "UNDECIDED"  # nobody looked whether float64 is sharp
    assert "UNDECIDED" in render_page(report)
