"""The page of a report, as Chromium shows it: light and dark, wide and on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netspec import BatchNorm, Dense, Spec
from netspec.conformance.judging import STATUSES, Histogram, Verdict
from netspec.conformance.report import Localization, Report, Row

webdriver = pytest.importorskip("selenium.webdriver")

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
WIDE, PHONE = 1280, 400
HOSTILE = "<script>alert(1)</script>"
NET = Spec(HOSTILE, (4,), [Dense(3), BatchNorm()])
CHECKS, BACKENDS = ("outputs", "gradients", "state"), ("jax", "torch", "mine")
VERDICTS = {
    "jax": Verdict("pass", 1e-14, 1e-12),
    "torch": Verdict("declared", 0.0, 1e-12, "as declared", ("running_variance",)),
    "mine": Verdict("fail", 3e-6, 1e-12, "too far " + "away" * 99),
}


def report(**changed: Any) -> Report:
    """A report with every status, long texts and hostile ones."""
    rows = [
        Row(check, backend, NET.name, dtype, f"{mode}: output", VERDICTS[backend])
        for check in CHECKS
        for backend in BACKENDS
        for dtype in ("float64", "float32")
        for mode in ("evaluation", "training")
    ]
    others = [
        replace(rows[0], verdict=Verdict(status, 1e-13, 1e-12, f"{HOSTILE} {status}"))
        for status in ("weak", "inconclusive", "refused", "unsupported")
    ]
    where = ("backward: diverges at 1 BatchNorm",)
    found = Localization("mine", NET.name, "float64", "training", where, "print(1)\n")
    made = Report(0, [*rows, *others], [found], specs={NET.name: NET.to_dict()})
    return replace(made, **changed)


def weights(backend: str) -> Row:
    """A row with a histogram."""
    drawn = Histogram((-1.0, 0.0, 1.0), (30, 10), (20.0, 20.0))
    verdict = replace(VERDICTS["mine"], histogram=drawn)
    what = "Dense weight, Uniform(1.0): Kolmogorov-Smirnov"
    return Row("init_statistics", backend, NET.name, "float32", what, verdict)


GOOD, DECLARED = report().rows[:4], report().rows[4:8]


class Page:
    """A page in a browser."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.browser = browser
        self.path = folder / "report.html"

    def open(self, shown: Report, width: int = WIDE, scheme: str = "light") -> Page:
        shown.to_html(self.path)
        media = {"name": "prefers-color-scheme", "value": scheme}
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self._tell("Emulation.setEmulatedMedia", features=[media])
        self._tell("Emulation.setDeviceMetricsOverride", **size)
        self.browser.get(self.path.as_uri())
        return self

    def _tell(self, command: str, **options: Any) -> None:
        self.browser.execute_cdp_cmd(command, options)

    def all(self, selector: str) -> list[Any]:
        return list(self.browser.find_elements("css selector", selector))

    def one(self, selector: str) -> Any:
        return self.browser.find_element("css selector", selector)

    def ask(self, expression: str, *arguments: Any) -> Any:
        return self.browser.execute_script(f"return {expression}", *arguments)

    def color(self, selector: str, name: str = "color") -> tuple[float, ...]:
        stated = self.one(selector).value_of_css_property(name)
        return tuple(map(float, re.findall(r"[\d.]+", stated)))[:3]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM or not DRIVER:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    service = webdriver.ChromeService(executable_path=DRIVER)
    with webdriver.Chrome(options=options, service=service) as driven:
        yield driven


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Page:
    return Page(browser, tmp_path)


every_width = pytest.mark.parametrize("width", [WIDE, PHONE])
every_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


@every_width
@every_scheme
def test_it_shows_the_whole_report(page: Page, width: int, scheme: str) -> None:
    page.open(report(), width, scheme)
    assert page.one(".verdict .word").text == "FAILED"
    assert "40 comparisons: 12 fail, 1 inconclusive, 1 refused" in page.one("main").text
    named = [line.text for line in page.all(".backends .name")]
    assert named == list(BACKENDS)
    checks = [row.text.split()[0] for row in page.all(".checks .check")]
    assert checks == list(CHECKS)
    assert len(page.all(".checks .row")) == len(CHECKS) * len(BACKENDS)
    assert len(page.all(".checks .bar")) == 2 * len(CHECKS) * len(BACKENDS)
    assert "diverges at 1 BatchNorm" in page.one("article.fail").text
    assert "n / (n - 1)" in page.one("article.declared .formula").text
    for status in ("inconclusive", "refused", "unsupported"):
        assert f"{HOSTILE} {status}" in page.one(f"article.{status}").text
    assert "1 weak: rounding alone may move" in page.one(".verdict").text
    assert "torch" in page.one(".facts").text


@every_width
@every_scheme
def test_nothing_is_wider_than_the_page(page: Page, width: int, scheme: str) -> None:
    page.open(report(), width, scheme)
    page.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.ask("document.documentElement.scrollWidth") <= width
    wider = "[...document.querySelectorAll('main *')].filter(e =>"
    wider += " e.getBoundingClientRect().right > innerWidth).length"
    assert page.ask(wider) == 0


@every_width
def test_details_open_on_a_click(page: Page, width: int) -> None:
    page.open(report(), width)
    details = page.one(".checks details")
    tensors = details.find_elements("css selector", "tbody td:first-child")
    assert not any(tensor.is_displayed() for tensor in tensors)
    details.find_element("css selector", "summary").click()
    assert all(tensor.is_displayed() for tensor in tensors)
    shown = [tensor.text.split("\n")[0] for tensor in tensors]
    assert shown.count("evaluation: output") == 2 + 4  # and the other statuses
    assert len(shown) == 4 + 4


def test_every_comparison_is_there(page: Page) -> None:
    page.open(report())
    listed = ".checks .comparisons tbody td:first-child"
    assert len(page.all(listed)) == len(report().rows)
    assert len(page.all("article .comparisons tbody td:first-child")) == 12


@every_width
def test_first_weights_are_drawn_beside_each_other(page: Page, width: int) -> None:
    page.open(report(rows=[weights("mine"), weights("torch")]), width)
    assert page.one(".histograms-of").text == "Dense weight, Uniform(1.0)"
    shown = [figure.text.splitlines() for figure in page.all("figure")]
    assert [lines[:2] for lines in shown] == [["-1", "1"]] * 2
    assert [lines[-1].split(",")[0] for lines in shown] == ["mine", "torch"]
    left, right = (figure.rect for figure in page.all("figure"))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    assert page.one("figure svg").rect["height"] > 50
    assert page.ask("document.documentElement.scrollWidth") <= width


def luminance(color: tuple[float, ...]) -> float:
    """Relative luminance, by WCAG 2."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in color)
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@every_scheme
def test_every_text_stands_out(page: Page, scheme: str) -> None:
    page.open(report(), scheme=scheme)
    paper = luminance(page.color("body", "background-color"))
    assert (paper > 0.5) == (scheme == "light")
    inks = {page.color(f"span.{status}") for status in report().counts}
    for ink in {*inks, page.color("body"), page.color(".muted")}:
        low, high = sorted((luminance(ink), paper))
        assert (high + 0.05) / (low + 0.05) >= 4.5  # level AA
    assert len(inks) == len(STATUSES)


def test_a_status_is_a_word_and_a_shape_too(page: Page) -> None:
    page.open(report())
    assert [row.text.split()[0] for row in page.all(".status")] == list(STATUSES)
    shapes = [page.one(f"symbol#{s}").get_attribute("innerHTML") for s in STATUSES]
    assert len(set(shapes)) == len(STATUSES)
    for mark in page.all(".status .mark"):
        assert mark.get_attribute("aria-label") in STATUSES
        assert mark.size["width"] > 5


def test_bars_pass_the_line_where_something_fails(page: Page) -> None:
    page.open(report())
    limit = "e => parseFloat(getComputedStyle(e, '::after').left)"
    for bar in page.all(".bar"):
        fill = bar.find_element("css selector", "i").rect["width"]
        line = page.ask(f"({limit})(arguments[0])", bar)
        assert 0 < line < bar.rect["width"]
        assert (fill > line) == ("fail" in bar.get_attribute("class"))


def test_nothing_is_run_and_nothing_is_fetched(page: Page) -> None:
    page.open(report())
    assert page.one("h1").text == HOSTILE
    assert page.ask("document.scripts.length") == 0
    assert page.ask("performance.getEntriesByType('resource').length") == 0
    assert "//" not in re.sub(r"https?://www.w3.org/\S+", "", page.path.read_text())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"rows": GOOD}, "PASSED"),
        ({"rows": DECLARED}, "PASSED"),
        ({"rows": [*GOOD, report().rows[-4]]}, "PASSED"),
        ({"rows": GOOD, "quick": True}, "PASSED (quick)"),
        ({"rows": [*GOOD, report().rows[-3]]}, "UNDECIDED"),
        ({"rows": [*GOOD, report().rows[-2]]}, "UNDECIDED"),
        ({"rows": GOOD, "complete": False}, "INTERRUPTED"),
        ({"rows": [], "complete": False}, "INTERRUPTED"),
        ({"rows": [report().rows[-1]]}, "UNDECIDED"),
    ],
)
def test_the_verdict_stands_first(
    page: Page, changed: dict[str, Any], expected: str
) -> None:
    page.open(report(**changed, divergences=[]), PHONE)
    verdict = page.one(".verdict")
    assert verdict.text.splitlines()[0] == expected
    assert verdict.rect["y"] < 300
    assert page.browser.title.startswith(expected)
    assert not page.all("article.fail")
