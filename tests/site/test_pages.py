"""Pages in a real browser: a sample of them, or all with ``NETSPEC_SITE=all``, as `make
site-test` says it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from netspec.differences import entries, find, table
from netspec.site import drawn
from tests.site.browser import Browser, browser, check

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
def shown() -> Iterator[Browser]:
    with browser() as driven:
        yield driven


@pytest.mark.slow
def test_pages_fit_can_be_read_and_ask_for_nothing(shown: Browser, site: Path) -> None:
    found = (
        sorted(site.rglob("*.html")) if ALL else [site / f"{p}.html" for p in SAMPLE]
    )
    assert found
    for page in found:
        check(shown, page)


@pytest.mark.slow
def test_a_slider_shows_its_ends_and_keeps_its_place_in_the_address(
    shown: Browser, site: Path
) -> None:
    chosen = [e for e in entries() if e.play] if ALL else [find("batchnorm-momentum")]
    for entry in chosen:
        made = table(entry)
        assert made is not None
        frames = drawn(entry, made).frames
        address = (site / f"differences/{entry.id}.html").as_uri()
        shown.open(address)
        for key, frame in (("HOME", frames[0]), ("END", frames[-1])):
            shown.one(".play input").send_keys(_key(key))
            text = shown.one(".frame:not([hidden])").text
            assert all(line.text in text for line in frame.lines), entry.id
            assert shown.one(".slider output").text == f"{made.slider} = {frame.stop}"
        kept = shown.driver.current_url
        assert kept.endswith(f"?{made.slider}={frames[-1].stop}")
        shown.open(kept)
        assert shown.one(".slider output").text.endswith(f"= {frames[-1].stop}")


@pytest.mark.slow
def test_the_quiz_is_answered_by_keyboard_alone(shown: Browser, site: Path) -> None:
    shown.open((site / "quiz/index.html").as_uri())
    first = shown.one(".ask .right summary")
    for _ in range(40):
        shown.driver.switch_to.active_element.send_keys(_key("TAB"))
        if shown.driver.switch_to.active_element == first:
            break
    first.send_keys(_key("ENTER"))
    assert "Yes." in shown.one(".ask .right").text
    assert shown.one("#score").text == "1 of 1 right at first sight"
    shown.one(".ask .wrong summary").send_keys(_key("ENTER"))
    assert "No." in shown.one(".ask .wrong").text
    assert shown.one("#score").text == "1 of 1 right at first sight"


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
    try:
        address = (site / "differences/batchnorm-momentum.html").as_uri()
        shown.open(address, script=False)
        assert not shown.all(".copy")
        assert not shown.one(".slider").is_displayed()
        assert "4.392" in shown.one(".play").text
        shown.one(".ask .right summary").click()
        assert "Yes." in shown.one(".ask .right").text
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


def _key(name: str) -> str:
    from selenium.webdriver.common.keys import Keys

    return str(getattr(Keys, name))
