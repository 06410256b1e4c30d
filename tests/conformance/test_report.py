"""Reports: what they come to, as text and as documents."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from netspec import NetspecError
from netspec.conformance.judging import STATUSES, Histogram, Verdict
from netspec.conformance.report import (
    Localization,
    Report,
    Row,
    decode_row,
    encode_row,
    groups,
    number,
    render_page,
    tally,
    word,
)
from netspec.conformance.report import _drawing as drawing
from netspec.conformance.report.terminal import show

NUMBERS = st.floats(min_value=0) | st.just(math.nan)
VERDICTS = st.builds(
    Verdict,
    st.sampled_from(list(STATUSES)),
    NUMBERS,
    NUMBERS,
    st.text(),
    st.lists(st.text(), max_size=2).map(tuple),
    st.none() | st.just(Histogram((0.0, 0.5, 1.0), (3, 4), (3.5, 3.5))),
)
NAMES = st.sampled_from(["one", "two", "three"])
ROWS = st.builds(Row, NAMES, NAMES, NAMES, NAMES, st.text(), VERDICTS)
GOOD = Verdict("pass", 1e-9, 1e-6)


def row(status: str = "pass", **changed: str) -> Row:
    named = {"check": "outputs", "backend": "torch", "spec": "net", "dtype": "float32"}
    verdict = replace(GOOD, status=status)
    return Row(**{**named, "what": "training: output", **changed}, verdict=verdict)


def shown(report: Report, width: int = 80, *, timings: bool = False) -> list[str]:
    console = Console(width=width, highlight=False, emoji=False)
    with console.capture() as capture:
        show(report, console, timings=timings)
    return capture.get().splitlines()


# Documents


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
        ("[]", r"must be a mapping, received \[\]"),
        ("{}", "lacks 'schema'"),
        ('{"schema": 2}', "upgrade netspec"),
        ('{"schema": 1}', "lacks 'seed'"),
        ("[" * 100_000, "not a conformance report"),
    ],
)
def test_what_is_no_report_is_refused(source: str, problem: str) -> None:
    with pytest.raises(NetspecError, match=problem):
        Report.from_json(source)


# Groups


@given(st.lists(ROWS))
def test_groups_hold_every_row_once(rows: list[Row]) -> None:
    found = groups(rows)
    assert sorted(map(repr, rows)) == sorted(repr(r) for g in found for r in g.rows)
    keys = [(group.check, group.backend, group.dtype) for group in found]
    assert len(keys) == len(set(keys))
    checks = [check for check, _, _ in keys]
    assert sorted(checks, key=checks.index) == checks  # each check in one place


@given(st.lists(ROWS, min_size=1))
def test_the_worst_row_is_the_worst(rows: list[Row]) -> None:
    for group in groups(rows):
        failed = [r for r in group.rows if r.verdict.status == "fail"]
        judged = [r for r in group.rows if r.verdict.used > 0 or r.verdict.allowed > 0]
        if judged:
            assert group.worst in judged
            among = [r for r in failed if r in judged] or judged
            assert group.worst in among
            if not any(math.isnan(r.verdict.ratio) for r in among):
                most = max(r.verdict.ratio for r in among)
                assert group.worst.verdict.ratio == most


# The verdict


@pytest.mark.parametrize(
    ("statuses", "complete", "expected"),
    [
        (["pass", "declared"], True, "PASSED"),
        (["pass", "unsupported"], True, "PASSED"),
        (["pass", "weak"], True, "PASSED WEAKLY"),
        (["pass", "fail"], True, "FAILED"),
        (["pass", "inconclusive"], True, "FAILED"),
        (["unsupported"], True, "FAILED"),
        ([], True, "FAILED"),
        (["pass"], False, "INTERRUPTED"),
        (["fail"], False, "INTERRUPTED"),
    ],
)
def test_the_last_line_is_the_verdict(
    statuses: list[str], complete: bool, expected: str
) -> None:
    report = Report(0, [row(status) for status in statuses], complete=complete)
    assert word(report) == expected
    last = shown(report)[-1]
    assert last == f"{expected}: {tally(report)}"
    assert all(f"1 {status}" in last for status in statuses)


def test_a_run_without_comparisons_says_why() -> None:
    assert "no check has anything to look at" in shown(Report(0))[-1]
    assert shown(Report(0, complete=False))[-1] == "INTERRUPTED: 0 comparisons"


# The terminal


def test_every_group_has_a_line() -> None:
    rows = [
        row(check=check, backend=backend, dtype=dtype)
        for dtype in ("float64", "float32")
        for backend in ("jax", "torch")
        for check in ("outputs", "state")
    ]
    lines = shown(Report(0, rows))
    start, end = lines.index("outputs"), lines.index("state")
    assert [line.split()[:2] for line in lines[start + 1 : end]] == [
        *(["jax", "float64"], ["jax", "float32"]),
        *(["torch", "float64"], ["torch", "float32"]),
    ]
    assert all(number(GOOD.ratio) in line for line in lines[start + 1 : end])


def test_failures_are_told_in_full() -> None:
    far = Verdict("fail", 3.0, 2.0, "much too far")
    undecided = Verdict("inconclusive", 0.5, 2.0, "units on a kink: 3 at 1")
    rows = [row(), *(replace(row(), verdict=verdict) for verdict in (far, undecided))]
    found = Localization("torch", "net", "float32", "training", ("at 0",), "a\nb")
    text = "\n".join(shown(Report(0, rows, [found])))
    assert f"    outputs training: output\n      {far}\n" in text
    assert str(undecided) in text
    assert "torch, float32, net, training\n    at 0\n" in text
    assert "\na\nb\n" in text


def test_a_reason_is_told_once() -> None:
    refused = Verdict("unsupported", 0, 0, "it has no hands")
    rows = [replace(row(spec=spec), verdict=refused) for spec in ("a", "b", "b")]
    lines = shown(Report(0, [row(), *rows]))
    assert sum("it has no hands" in line for line in lines) == 1
    assert "    3 comparisons, outputs: a, b" in lines


def test_declared_differences_have_their_formulas() -> None:
    declared = Verdict("declared", 0, 1, "", ("running_variance",))
    known = replace(row(spec="BatchNorm on 5"), verdict=declared)
    text = "\n".join(shown(Report(0, [known, replace(known, backend="mine")])))
    assert text.count("batchnorm-running-variance: ") == 1  # mine is unknown there
    assert "n / (n - 1)" in text
    assert "mine: 1 tensor as declared by running_variance" in text


@given(st.text(), st.integers(40, 120))
def test_a_text_from_outside_moves_no_cursor(text: str, width: int) -> None:
    bad = replace(row(what=text), verdict=Verdict("fail", 1, 0, text))
    lines = shown(Report(0, [bad]), width)
    assert all(line.isprintable() for line in lines)


def test_timings_share_the_whole() -> None:
    seconds = {("torch", "outputs"): 3.0, ("jax", "outputs"): 0.0, ("jax", "state"): 1}
    lines = shown(Report(0, [row()], seconds=seconds), timings=True)
    assert ["outputs", "3.0", "0.0", "3.0", "75%"] in [line.split() for line in lines]
    assert ["all", "3.0", "1.0", "4.0", "100%"] in [line.split() for line in lines]


COUNTS = st.lists(st.integers(0, 9999), min_size=2, max_size=40)


@given(COUNTS, st.floats(-9, 9), st.floats(0.01, 9))
def test_histograms_are_drawn_to_scale(
    counts: list[int], low: float, width: float
) -> None:
    edges = tuple(low + width * index for index in range(len(counts) + 1))
    drawn = Histogram(edges, tuple(counts), tuple(map(float, counts)))
    outline = re.findall(r"V([\d.]+)H([\d.]+)", drawing.bars(drawn))
    middles = re.findall(r"([\d.]+) ([\d.]+)", drawing.curve(drawn))
    assert len(outline) == len(middles) == len(counts)
    unit = drawing.HEIGHT / max(1, *counts)
    for index, ((top, right), (x, y)) in enumerate(zip(outline, middles, strict=True)):
        assert (
            float(top)
            == float(y)
            == pytest.approx(drawing.HEIGHT - unit * counts[index], abs=0.06)
        )
        share = drawing.WIDTH / len(counts)
        assert float(right) == pytest.approx(share * (index + 1), abs=0.06)
        assert float(x) == pytest.approx(share * (index + 0.5), abs=0.06)


# The page, without a browser; test_page.py looks at it


def test_the_page_of_a_document_is_that_of_the_report(tmp_path: Path) -> None:
    report = Report(0, [row(), row("fail"), row("weak")], seconds={("a", "b"): 1.0})
    report.to_html(tmp_path / "one.html")
    Report.from_json(report.to_json()).to_html(tmp_path / "two.html")
    one, two = ((tmp_path / f"{name}.html").read_bytes() for name in ("one", "two"))
    assert one == two


def test_thousands_of_rows_make_a_small_page(tmp_path: Path) -> None:
    rows = [
        row(spec=f"Conv2D({i}, kernel_size=(3, 3), padding=1)", what=f"grad {j}.weight")
        for i in range(100)
        for j in range(100)
    ]
    Report(0, rows).to_html(tmp_path / "report.html")
    size = (tmp_path / "report.html").stat().st_size
    assert 10_000 * len("grad 0.weight") < size < 2_000_000


@given(st.text(), st.text(), st.text())
def test_no_text_is_markup(name: str, what: str, reason: str) -> None:
    bad = replace(row(spec=name, what=what), verdict=Verdict("fail", 1, 0, reason))
    sound = replace(row(spec="", what=""), verdict=Verdict("fail", 1, 0, " "))
    assert tags(render_page(Report(0, [bad]))) == tags(render_page(Report(0, [sound])))


def tags(page: str) -> list[str]:
    found = re.findall(r"<[^>]*>", page.partition("<body>")[2])
    return [tag for tag in found if tag not in ("<small>", "</small>")]
