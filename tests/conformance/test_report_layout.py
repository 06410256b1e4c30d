"""How reports are laid out."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given
from rich.cells import cell_len

from netspec.conformance.judging import Verdict
from netspec.conformance.report import Report, place
from tests.conformance.test_report import NUMBERS, row, shown


@given(NUMBERS, NUMBERS)
def test_a_bar_grows_with_its_ratio(one: float, other: float) -> None:
    assert 0 <= place(one) <= 100
    assert place(math.inf) == place(math.nan) == 100
    if one <= other:
        assert place(one) <= place(other)


def test_the_line_is_between_what_passes_and_what_fails() -> None:
    assert 0 < place(0.99) < place(1.0) < place(1.01) < 100


def test_columns_are_aligned_where_names_are_wide() -> None:
    name = "\u6a21\u578b" * 3
    rows = [row(backend=name), row()]
    wide, narrow = (line for line in shown(Report(0, rows)) if "float32" in line)
    assert name in wide
    assert cell_len(wide.partition("float32")[0]) == narrow.index("float32")


def test_an_early_death_is_of_no_model() -> None:
    early = row("fail", check="start", spec="", dtype="", what="its process")
    lines = [line.strip() for line in shown(Report(0, [early]))]
    assert "torch" in lines[lines.index("Failed") :]


def test_what_many_models_share_is_told_once() -> None:
    said = Verdict("fail", math.inf, 0.0, "raised RuntimeError: out of luck")
    rows = [replace(row(spec=f"net {i}"), verdict=said) for i in range(9)]
    rows += [replace(row(spec="net 3"), verdict=replace(said, reason="missing"))]
    lines = [line.strip() for line in shown(Report(0, rows))]
    assert sum("out of luck" in line for line in lines) == 1
    assert any(
        "9 comparisons, outputs, float32: net 0, net 1" in line for line in lines
    )
    assert "torch, float32, net 3" in lines
