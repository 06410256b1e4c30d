"""Pages in a real browser: a sample of them, or all with ``NETSPEC_SITE=all``, as `make
site-test` says it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netspec.differences import entries, find
from tests.site.axe import findings
from tests.site.browser import Browser, problems
from tests.site.driven import asks, slides, stands_alone

SAMPLE = (
    "index",
    "differences/batchnorm-momentum",
    "differences/conv-same-padding",
    "layers/MultiHeadAttention",
    "lessons/gluon/index",
    "lessons/porting/carried_weights",
    "quiz/index",
    "class/1",
)
ALL = os.environ.get("NETSPEC_SITE") == "all"


@pytest.fixture(scope="module")
def looked_at(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html")) if ALL else [site / f"{p}.html" for p in SAMPLE]


@pytest.mark.slow
def test_pages_fit_can_be_read_and_ask_for_nothing(
    shown: Browser, looked_at: list[Path]
) -> None:
    assert [text for page in looked_at for text in problems(shown, page)] == []


@pytest.mark.slow
def test_axe_finds_nothing_serious(shown: Browser, looked_at: list[Path]) -> None:
    assert [text for page in looked_at for text in findings(shown, page)] == []


@pytest.mark.slow
def test_a_slider_shows_its_ends_and_keeps_its_place_in_the_address(
    shown: Browser, site: Path
) -> None:
    chosen = [e for e in entries() if e.play] if ALL else [find("batchnorm-momentum")]
    pages = [site / f"differences/{entry.id}.html" for entry in chosen]
    assert {page.stem: [*slides(shown, page)] for page in pages} == {
        page.stem: [] for page in pages
    }


@pytest.mark.slow
def test_the_quiz_is_answered_by_keyboard_alone(shown: Browser, site: Path) -> None:
    assert [*asks(shown, site / "quiz/index.html")] == []


@pytest.mark.slow
def test_a_filter_leaves_what_has_its_words(shown: Browser, site: Path) -> None:
    shown.open((site / "index.html").as_uri() + "?q=batchnorm")
    rows = [row.text for row in shown.all(".rosetta tbody tr:not(.family)") if row.text]
    assert rows
    assert all("batchnorm" in row.lower() for row in rows)
    shown.open((site / "quiz/index.html").as_uri() + "?level=intermediate")
    assert 0 < len([q for q in shown.all(".question") if q.is_displayed()]) < 25


@pytest.mark.slow
def test_pages_are_whole_without_scripts(shown: Browser, site: Path) -> None:
    assert [*stands_alone(shown, site / "differences/batchnorm-momentum.html")] == []
    try:
        shown.open((site / "index.html").as_uri(), script=False)
        assert not shown.one(".tools").is_displayed()
        assert shown.one(".rosetta").is_displayed()
    finally:
        shown.open("about:blank")


@pytest.mark.slow
def test_the_projector_is_large_and_bare(shown: Browser, site: Path) -> None:
    address = (site / "differences/batchnorm-momentum.html").as_uri()
    shown.open(address + "#projector")
    assert shown.one("main p").value_of_css_property("font-size") > "19"
    assert not shown.one("nav").is_displayed()
    assert shown.one(".leave").is_displayed()
    shown.one(".leave a").click()
    assert shown.one("nav").is_displayed()
