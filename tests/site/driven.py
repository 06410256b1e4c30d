"""A page of the site in somebody's hands: its slider, its quiz, and without a script.

Each check says what is not as it must be.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from netspec.differences import find, table
from netspec.site import drawn
from tests.site.browser import Browser


def slides(shown: Browser, page: Path) -> Iterator[str]:
    """The slider shows the drawings of its ends, and keeps its place in the address."""
    entry = find(page.stem)
    made = table(entry)
    assert made is not None
    frames = drawn(entry, made).frames
    shown.open(page.as_uri())
    for key, frame in (("HOME", frames[0]), ("END", frames[-1])):
        shown.one(".play input").send_keys(_key(key))
        visible = [frame for frame in shown.all(".frame") if frame.is_displayed()]
        stops = [frame.get_attribute("data-stop") for frame in visible]
        if stops != [frame.stop]:
            yield f"at {frame.stop} there are drawings of {stops}"
        text = visible[0].text if visible else ""
        yield from (
            f"{line} is not shown" for line in frame.lines if line.text not in text
        )
        if (said := _said(shown)) != f"{made.slider} = {frame.stop}":
            yield f"at {frame.stop} the slider says {said}"
    kept = shown.driver.current_url
    if not kept.endswith(f"?{made.slider}={frames[-1].stop}"):
        yield f"the address is {kept}"
    shown.open(kept)
    if not (said := _said(shown)).endswith(f"= {frames[-1].stop}"):
        yield f"opened at {frames[-1].stop}, the slider says {said}"


def _said(shown: Browser) -> str:
    return str(shown.one(".slider output").text)


def asks(shown: Browser, page: Path) -> Iterator[str]:
    """The quiz is answered by keyboard alone; the first answer to a question counts."""
    shown.open(page.as_uri())
    once = "1 of 1 right at first sight"
    for kind, word in (("right", "Yes."), ("wrong", "No.")):
        answer = shown.one(f".ask .{kind} summary")
        if not _reached(shown, answer):
            yield f"no key leads to the {kind} answer"
        answer.send_keys(_key("ENTER"))
        if word not in (text := shown.one(f".ask .{kind}").text):
            yield f"the {kind} answer says {text!r}"
        if (score := shown.one("#score").text) != once:
            yield f"the score is {score!r}"


def _reached(shown: Browser, wanted: object) -> bool:
    """Walk forward, then back."""
    forward, back = _key("TAB"), _key("SHIFT") + _key("TAB")
    for step in 20 * [forward] + 40 * [back]:
        if shown.driver.switch_to.active_element == wanted:
            return True
        shown.driver.switch_to.active_element.send_keys(step)
    return False


def stands_alone(shown: Browser, page: Path) -> Iterator[str]:
    """The page of a difference is whole without scripts, and has nothing dead on it."""
    try:
        shown.open(page.as_uri(), script=False)
        if shown.all(".copy") or shown.one(".slider").is_displayed():
            yield "what needs a script is there"
        if not shown.one(".play .frame:not([hidden])").is_displayed():
            yield "the drawing is not there"
        shown.one(".ask .right summary").click()
        if "Yes." not in shown.one(".ask .right").text:
            yield "the answer is not there"
    finally:
        shown.open("about:blank")


def _key(name: str) -> str:
    from selenium.webdriver.common.keys import Keys

    return str(getattr(Keys, name))
