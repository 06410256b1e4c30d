"""The lessons of examples/: their claims hold, and the guide says what they claim."""

from __future__ import annotations

import os
import re
import runpy
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

import data
import netspec
from lessons import lib
from lessons.__main__ import main
from lessons.lib import LESSONS, TEXTS, Claim, guide, images, pictures, porting, running
from lessons.lib.porting import Port, Way
from netspec import Dense, Spec

EXAMPLES = Path(__file__).parents[1] / "examples"
ROW = re.compile(r"^\| (.*?) \| (.*?) \| (.*?) \| \[(.*?)\]\((.*?)\.py\) \|$", re.M)
QUICK = [name for name in running.names() if name not in running.SLOW]
GAIN = "initialization/gain"


@pytest.fixture
def plots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(pictures, "PLOTS", tmp_path)
    return tmp_path


def stated(page: str, name: str) -> list[str]:
    """The statements that a guide ascribes to a lesson."""
    return sorted(row[1] for row in ROW.findall(page) if row[4] == name)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_every_claim_of_a_lesson_holds_and_stands_in_the_guide(
    name: str, plots: Path
) -> None:
    made = running.run(name)
    assert made
    for claim in made:
        text, number = claim.section.split(" ")
        assert number in guide.sections_of(text)
        assert not re.search(r"[|\n]", claim.statement + claim.measured)
    if guide.GUIDE.exists():
        page = guide.GUIDE.read_text(encoding="utf-8")
        assert stated(page, name) == sorted(claim.statement for claim in made)
        drawn = {path.name for path in plots.iterdir()}
        assert drawn == {guide.plot(name).name} & set(re.findall(r"\w+\.png", page))


@pytest.mark.skipif(not guide.GUIDE.exists(), reason="no guide; run `make lessons`")
def test_the_guide_has_a_claim_for_every_section_and_all_its_pictures() -> None:
    page = guide.GUIDE.read_text(encoding="utf-8")
    headings = {row[0] for row in ROW.findall(page)}
    for text in TEXTS.values():
        assert {f"{n} {title}" for n, title in text["sections"].items()} <= headings
    assert {row[4] for row in ROW.findall(page)} == set(running.names())
    for picture in re.findall(r"\((plots/\w+\.png)\)", page):
        assert (LESSONS / picture).is_file()


def source(name: str) -> str:
    return (LESSONS / f"{name}.py").read_text(encoding="utf-8")


def test_every_lesson_says_how_to_run_it() -> None:
    for name in running.names():
        assert f"\nRun it with `python examples/lessons/{name}.py`.\n" in source(name)


def test_every_lesson_is_in_the_folder_of_the_text_of_most_of_its_claims() -> None:
    claims = re.compile(rf'"({"|".join(TEXTS)}) [\d{{]')
    for name in running.names():
        ((text, _),) = Counter(claims.findall(source(name))).most_common(1)
        assert name.startswith(f"{text}/")


def of_examples() -> list[str]:
    """Names of the modules of examples/ that are imported."""
    files = {n: getattr(m, "__file__", None) for n, m in [*sys.modules.items()]}
    return [n for n, f in files.items() if f and f.startswith(f"{EXAMPLES}{os.sep}")]


@pytest.fixture
def nothing_of_examples(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither its modules nor its folder are where Python finds them."""
    elsewhere = [path for path in sys.path if Path(path).resolve() != EXAMPLES]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "path", elsewhere)
        patch.setattr(yaml, "safe_load", cache(yaml.safe_load))  # takes longest
        for name in of_examples():
            patch.delitem(sys.modules, name)
        yield
        for name in of_examples():  # those before come back
            del sys.modules[name]


@pytest.mark.slow
@pytest.mark.usefixtures("nothing_of_examples")
def test_every_lesson_run_as_a_script_finds_what_it_imports() -> None:
    path = list(sys.path)
    for script in (LESSONS / f"{name}.py" for name in running.names()):
        sys.path[:] = [str(script.parent), *path]
        for name in of_examples():
            del sys.modules[name]
        runpy.run_path(str(script))
        assert f"{LESSONS.name}.lib" in sys.modules


def test_a_claim_that_does_not_hold_ends_the_program() -> None:
    before = list(lib.made)
    with pytest.raises(SystemExit) as end:
        lib.claim("containers 1.1", "Gradients grow.", "times 0.5", holds=False)
    assert lib.made == before
    for said in ("containers 1.1", "Vanishing gradients", "Gradients grow.", "0.5"):
        assert said in str(end.value)


def test_a_claim_that_holds_is_printed_and_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lib, "made", [])
    lib.claim("gluon 8.3", "Shapes are known.", 3, holds=True)
    assert lib.made == [Claim("gluon 8.3", "Shapes are known.", "3")]
    out = capsys.readouterr().out
    assert "gluon 8.3 (Deferred initialization)" in out
    assert "measured: 3" in out


ONCE = Way(Spec("once", (784,), [Dense(10)]), steps=1)


def test_a_port_that_costs_something_else_ends_the_program() -> None:
    port = Port("porting 2", "It costs half.", ONCE, ONCE, (0.5, 1.0), porting.same)
    with pytest.raises(SystemExit, match=r"It costs half\..*; 0 answers change"):
        porting.check(port)


def test_a_net_whose_weights_are_nan_answers_nothing() -> None:
    held = {name: a * np.nan for name, a in netspec.init_params(ONCE.spec, 0).items()}
    assert set(porting.told(ONCE, held)) == {-1}


def test_sections_of_which_nothing_is_claimed_are_found() -> None:
    everything = guide.sections_without({})
    assert "initialization 5" in everything
    assert len(everything) == sum(len(text["sections"]) for text in TEXTS.values())
    made = {GAIN: [Claim("initialization 5", "", "")]}
    assert set(everything) - set(guide.sections_without(made)) == {"initialization 5"}


def test_the_guide_has_a_row_for_each_claim() -> None:
    made = [
        Claim("initialization 5", f"Statement {n}.", f"number {n}") for n in range(2)
    ]
    page = guide.render({GAIN: made}, "torch 2, digits")
    assert "\nMeasured with torch 2, digits.\n" in page
    assert stated(page, GAIN) == ["Statement 0.", "Statement 1."]
    heading, measured = ROW.findall(page)[0][0], ROW.findall(page)[1][2]
    assert (heading, measured) == ("5 calculate_gain", "number 1")
    assert f"**[gain]({GAIN}.py)**" not in page  # it draws nothing


def test_an_unknown_lesson_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["lessons", "chains"])
    assert main() == 2
    err = capsys.readouterr().err
    assert "no chains; there are " in err
    assert " chain, " in err


def test_digits_in_place_of_fashion_mnist_are_moved_and_all_different(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(data, "load", data.digits)
    moved, digits = images.images.__wrapped__(), data.digits()
    assert len(np.unique(moved.train_x, axis=0)) == len(moved.train_x) == 5 * 1347
    assert (len(moved.test_x), len(moved.test_y)) == (450, 450)
    for start in range(0, len(moved.train_x), 1347):
        part = slice(start, start + 1347)
        assert (moved.train_y[part] == digits.train_y).all()
        pixels = np.sort(moved.train_x[part], axis=1)
        assert (pixels == np.sort(digits.train_x, axis=1)).all()
