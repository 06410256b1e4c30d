"""A page of the site in Chromium, and what must be true of each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
WIDTHS, SCHEMES = (390, 768, 1280), ("light", "dark")
LEAST = 4.5  # contrast of text, after WCAG 2.2

# The lowest contrast of all text: the background is the nearest ancestor's that has one
CONTRAST = """
const part = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const numbers = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
const behind = e => {
  for (; e; e = e.parentElement) {
    const [r, g, b, a = 1] = numbers(getComputedStyle(e).backgroundColor);
    if (a > 0) return [r, g, b];
  }
  return [255, 255, 255];
};
let worst = [99, ""];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let n = walk.nextNode(); n; n = walk.nextNode()) {
  const e = n.parentElement;
  if (!n.data.trim() || !e.checkVisibility()) continue;
  if (/SCRIPT|OPTION/.test(e.tagName)) continue;
  const a = light(numbers(getComputedStyle(e).color)), b = light(behind(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < worst[0]) worst = [ratio, n.data.trim().slice(0, 40)];
}
return worst;
"""
OPEN = """
document.querySelectorAll('details').forEach(d => { d.name = ''; d.open = true; });
"""
SHOWN = "return [...document.querySelectorAll('body *')].filter(e => %s)\
.map(e => e.outerHTML.slice(0, 120)).slice(0, 3);"
WIDER = (
    SHOWN
    % """e.closest('main') && e.checkVisibility()
  && e.getBoundingClientRect().right > innerWidth + .5"""
)
CROPPED = (
    SHOWN
    % """e.checkVisibility() && !e.closest('svg, .skip')
  && !/INPUT|SELECT/.test(e.tagName) && getComputedStyle(e).overflowX !== 'visible'
  && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)"""
)
REQUESTS = "return performance.getEntriesByType('resource').map(r => r.name)"


class Browser:
    """Chromium, without a network."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(
        self,
        address: str,
        *,
        width: int = 1280,
        scheme: str = "light",
        script: bool = True,
    ) -> None:
        media = {"name": "prefers-color-scheme", "value": scheme}
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self._tell("Emulation.setEmulatedMedia", features=[media])
        self._tell("Emulation.setDeviceMetricsOverride", **size)
        self._tell("Emulation.setScriptExecutionDisabled", value=not script)
        self.driver.get(address)

    def _tell(self, command: str, **options: Any) -> None:
        self.driver.execute_cdp_cmd(command, options)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def one(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def messages(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]


@contextmanager
def browser() -> Iterator[Browser]:
    webdriver = pytest.importorskip("selenium.webdriver")
    if not CHROMIUM or not DRIVER:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    service = webdriver.ChromeService(executable_path=DRIVER)
    with webdriver.Chrome(options=options, service=service) as driven:
        yield Browser(driven)


Check = Callable[[Browser, Path], Iterator[str]]


def problems(shown: Browser, page: Path) -> Iterator[str]:
    """Say what is wrong with a page, at every width and in both schemes."""
    own = page.parents[1].as_uri()
    for scheme in SCHEMES:
        for width in WIDTHS if scheme == "light" else WIDTHS[-1:]:
            shown.open(page.as_uri(), width=width, scheme=scheme)
            where = f"{page.name}, {width} pixels, {scheme}"
            yield from (f"{where}: {text}" for text in _seen(shown, width, own))
    yield from (f"{page.name}: {message}" for message in shown.messages())


def _seen(shown: Browser, width: int, own: str) -> Iterator[str]:
    ratio, text = shown.run(CONTRAST)
    if ratio < LEAST:
        yield f"contrast {ratio:.2f} of {text!r}"
    shown.run(OPEN)
    yield from (f"leaves the screen: {html}" for html in shown.run(WIDER))
    yield from (f"is cropped: {html}" for html in shown.run(CROPPED))
    if (whole := shown.run("return document.documentElement.scrollWidth")) > width:
        yield f"is {whole} pixels wide"
    for asked in shown.run(REQUESTS):
        if not asked.startswith(own):
            yield f"asks for {asked}"
