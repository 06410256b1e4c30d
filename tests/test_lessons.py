"""The lessons of examples/: their claims hold, and the guide says what they claim."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lesson
import lessons
from lesson import Claim, pictures

ROW = re.compile(r"^\| (.*?) \| (.*?) \| (.*?) \| \[(.*?)\]\((.*?)\.py\) \|$", re.M)
QUICK = [name for name in lessons.lessons() if name not in lessons.SLOW]


@pytest.fixture
def plots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(pictures, "PLOTS", tmp_path)
    return tmp_path


def stated(guide: str, name: str) -> list[str]:
    """The statements that a guide ascribes to a lesson."""
    return sorted(row[1] for row in ROW.findall(guide) if row[4] == name)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_every_claim_of_a_lesson_holds_and_stands_in_the_guide(
    name: str, plots: Path
) -> None:
    made = lessons.run(name)
    assert made
    for claim in made:
        text, number = claim.section.split(" ")
        assert number in lessons.sections_of(text)
        assert not re.search(r"[|\n]", claim.statement + claim.measured)
    if lessons.GUIDE.exists():
        guide = lessons.GUIDE.read_text(encoding="utf-8")
        assert stated(guide, name) == sorted(claim.statement for claim in made)
        drawn = {path.name for path in plots.iterdir()}
        assert drawn == {lessons.plot(name).name} & set(re.findall(r"\w+\.png", guide))


@pytest.mark.skipif(not lessons.GUIDE.exists(), reason="no guide; run `make lessons`")
def test_the_guide_has_a_claim_for_every_section_and_all_its_pictures() -> None:
    guide = lessons.GUIDE.read_text(encoding="utf-8")
    headings = {row[0] for row in ROW.findall(guide)}
    for text in lesson.TEXTS.values():
        assert {f"{n} {title}" for n, title in text["sections"].items()} <= headings
    for picture in re.findall(r"\((plots/\w+\.png)\)", guide):
        assert (lesson.EXAMPLES / picture).is_file()


def test_a_claim_that_does_not_hold_ends_the_program() -> None:
    before = list(lesson.made)
    with pytest.raises(SystemExit) as end:
        lesson.claim("containers 1.1", "Gradients grow.", "times 0.5", holds=False)
    assert lesson.made == before
    for said in ("containers 1.1", "Vanishing gradients", "Gradients grow.", "0.5"):
        assert said in str(end.value)


def test_a_claim_that_holds_is_printed_and_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lesson, "made", [])
    lesson.claim("gluon 8.3", "Shapes are known.", 3, holds=True)
    assert lesson.made == [Claim("gluon 8.3", "Shapes are known.", "3")]
    out = capsys.readouterr().out
    assert "gluon 8.3 (Deferred initialization)" in out
    assert "measured: 3" in out


def test_sections_of_which_nothing_is_claimed_are_found() -> None:
    everything = lessons.sections_without({})
    assert "initialization 5" in everything
    assert len(everything) == sum(len(t["sections"]) for t in lesson.TEXTS.values())
    made = {"lesson_gain": [Claim("initialization 5", "", "")]}
    assert set(everything) - set(lessons.sections_without(made)) == {"initialization 5"}


def test_the_guide_has_a_row_for_each_claim() -> None:
    made = [
        Claim("initialization 5", f"Statement {n}.", f"number {n}") for n in range(2)
    ]
    page = lessons.render({"lesson_gain": made})
    assert stated(page, "lesson_gain") == ["Statement 0.", "Statement 1."]
    heading, measured = ROW.findall(page)[0][0], ROW.findall(page)[1][2]
    assert (heading, measured) == ("5 calculate_gain", "number 1")
    assert "**[gain](lesson_gain.py)**" not in page  # it draws nothing


def test_an_unknown_lesson_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["lessons.py", "chains"])
    assert lessons.main() == 2
    assert "no lesson_chains; there are " in capsys.readouterr().err
