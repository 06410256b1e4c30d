"""Bugs to plant in pages of the site, each with the check that must see it."""

from __future__ import annotations

from typing import NamedTuple

from tests.site import axe, browser, driven, files

MOMENTUM = "differences/batchnorm-momentum.html"
PLAIN = "differences/adamw-default-decay.html"
START, QUIZ, SHEET = "index.html", "quiz/index.html", "quiz/sheet.html"
CLASS, LESSON = "class/1.html", "lessons/stability/xavier.html"
MAIN, STRICT = '<main id="main">', '"use strict";'
HIDDEN = 'class="slider" hidden'
AFAR = '<img alt="" src="http://localhost:9/x">'


class Bug(NamedTuple):
    """A change of a page that nobody must be able to make unseen.

    Attributes:
        name: what is wrong then.
        page: where.
        old: text of the page.
        new: what replaces it, once.
    """

    name: str
    page: str
    old: str
    new: str

    def planted(self, text: str) -> str:
        """Return the page with the bug.

        Raises:
            AssertionError: the page has no such text, so that nothing would change.
        """
        assert self.old in text, f"{self.page} has no {self.old!r} anymore"
        return text.replace(self.old, self.new, 1)


def styled(name: str, rule: str, page: str = MOMENTUM) -> Bug:
    """Return a bug of the style of a page."""
    return Bug(name, page, MAIN, f"<style>{rule}</style>{MAIN}")


IN_FILES: dict[files.Check, tuple[Bug, ...]] = {
    files.links: (
        Bug("a lost page", START, '"layers/BatchNorm.html', '"layers/Batch.html'),
        Bug("a lost place", MOMENTUM, 'href="#projector"', 'href="#wall"'),
        Bug("a lost place elsewhere", CLASS, "html#projector", "html#wall"),
        Bug("a lost picture", LESSON, 'src="../', 'src="'),
    ),
    files.size: (Bug("a page too large", START, MAIN, MAIN + " " * files.LARGEST),),
    files.network: (
        Bug("a font from afar", START, "<style>", "<style>@import 'x';"),
        Bug("a script from afar", START, MAIN, '<script src="//x"></script>' + MAIN),
        Bug("a picture from afar", LESSON, 'src="../', 'src="https://x/'),
    ),
    files.outputs: (
        Bug("an output that no run gave", MOMENTUM, ">[4.5]</pre>", ">[4.6]</pre>"),
        Bug("an output of another", MOMENTUM, 'data-framework="torch"', "data-x"),
    ),
    files.parts: (
        Bug("a part that is lost", MOMENTUM, "<h2>Exercise</h2>", ""),
        Bug("a heading of nothing", PLAIN, "<h2>Why", "<h2>Predict</h2><h2>Why"),
    ),
    files.answers: (
        Bug("a wrong answer that is right", QUIZ, 'class="wrong"', 'class="right"'),
        Bug("an answer that nobody gives", MOMENTUM, "</b>0.5</s", "</b>0.6</s"),
        Bug("two answers with one letter", QUIZ, "<b>b</b>", "<b>a</b>"),
    ),
    files.key: (
        Bug("another letter in the key", SHEET, "<strong>b<", "<strong>a<"),
        Bug("a key that lacks one", SHEET, "<strong>b</strong>", "b"),
    ),
    files.ends: (
        Bug("a curve that ends elsewhere", MOMENTUM, "ends at <b>5<", "ends at <b>4<"),
        Bug("a curve drawn elsewhere", MOMENTUM, '320.0,0.0"/>', '320.0,9.0"/>'),
        Bug("a slider off its stop", MOMENTUM, 'data-stop="0"', 'data-stop="0.05"'),
    ),
}

IN_BROWSER: dict[browser.Check, tuple[Bug, ...]] = {
    browser.problems: (
        styled("too little contrast", ".formula { color: #999 }"),
        styled(
            "too little contrast in the dark",
            "@media (prefers-color-scheme: dark) { .formula { color: #555 } }",
        ),
        styled("a line that leaves the screen", "pre { white-space: pre }"),
        styled("a cropped line", "pre { white-space: pre; overflow: hidden }"),
        Bug("a message on the console", MOMENTUM, STRICT, "console.error(9);"),
        Bug("an error of the script", MOMENTUM, STRICT, "lost();"),
        Bug("a request", MOMENTUM, MAIN, MAIN + AFAR),
    ),
    axe.findings: (
        Bug("a slider without a name", MOMENTUM, 'aria-label="momentum"', ""),
        Bug("a picture without words", LESSON, "alt=", "data-alt="),
        Bug("a page of no language", QUIZ, ' lang="en"', ""),
    ),
    driven.slides: (
        Bug("a slider that shows another", MOMENTUM, "= i !== index", "= i === index"),
        Bug("a slider that forgets", MOMENTUM, "keep(slider.name, ", "(() => 0)("),
    ),
    driven.asks: (
        Bug("an answer without a key", QUIZ, "<summary>", '<summary tabindex="-1">'),
        Bug("a second answer that counts", QUIZ, "|| first.has(ask)", ""),
    ),
    driven.stands_alone: (
        Bug("a slider that moves nothing", MOMENTUM, HIDDEN, 'class="slider"'),
        Bug("an answer that a script shows", MOMENTUM, "<b>Yes", "<b hidden>Yes"),
    ),
}
