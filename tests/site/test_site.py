"""The site as files: what stands on its pages, links and sizes, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from netspec.differences import (
    FRAMEWORKS,
    course,
    entries,
    find,
    missing,
    table,
)
from netspec.layers import LAYERS
from netspec.site import ask, drawn, natives, plans, samples, texts
from tests.command import Command, check_refused
from tests.site.files import CHECKS, Check, Site

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "netspec/html/site/site.js"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_what_must_be_true_of_every_page(check: Check, read: Site) -> None:
    found = [(page, text) for page in read.pages for text in check(read, page)]
    assert found == []


def test_there_is_a_page_for_each_difference_layer_and_lesson(site: Path) -> None:
    made = {str(path.relative_to(site)) for path in site.rglob("*.html")}
    assert {f"differences/{entry.id}.html" for entry in entries()} <= made
    assert {f"layers/{name}.html" for name in samples()} <= made
    assert set(samples()) == {
        name for name in LAYERS if LAYERS[name].__module__.startswith("netspec.")
    }
    lessons = ROOT / "examples/lessons"
    scripts = {
        p.relative_to(lessons).with_suffix(".html") for p in lessons.glob("*/*.py")
    }
    taught = {p for p in scripts if p.parts[0] != "lib"}
    assert {f"lessons/{path}" for path in taught} <= made
    assert len(texts()) == 6


def test_the_script_of_a_page_is_small() -> None:
    assert SCRIPTS.stat().st_size < 15_000


def test_a_grid_draws_the_windows_that_its_table_has() -> None:
    entry = find("conv-same-padding")
    made = table(entry)
    assert made is not None
    for i, frame in enumerate(drawn(entry, made).frames):
        for line in frame.lines:
            assert np.array_equal(line.rows, made.series[line.label][i])


def test_the_points_of_a_curve_lie_where_its_values_are() -> None:
    entry = find("batchnorm-momentum")
    made = table(entry)
    assert made is not None
    last = drawn(entry, made).frames[-1]
    for line in last.lines:
        values = np.array(made.series[line.label][-1])
        heights = np.array([float(p.split(",")[1]) for p in line.points.split()])
        assert np.allclose(heights, 140 * (1 - values / 5), atol=0.051)


def test_a_plan_takes_45_minutes() -> None:
    assert len(plans()) == 6
    for plan in plans():
        assert sum(step["minutes"] for step in plan["steps"]) == 45


def test_a_page_that_a_class_projects_says_so(read: Site) -> None:
    page = read.pages["differences/batchnorm-momentum.html"]
    assert '<a href="../class/1.html">What momentum means</a>' in page
    project = '"../differences/batchnorm-momentum.html#projector"'
    assert project in read.pages["class/1.html"]


def test_the_key_of_the_sheet_has_every_question(site: Path) -> None:
    sheet = (site / "quiz/sheet.html").read_text("utf-8")
    questions, key = sheet.split("<h2>Key</h2>")
    assert key.count("<strong>") == len(course())
    assert questions.count('<ol type="a">') == len(course())


def test_the_start_page_marks_what_momentum_means(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    row = re.search(r"layers/BatchNorm\.html.*?</tr>", page, re.S)
    assert row is not None
    for argument in ("momentum=0.9", "momentum=0.1"):
        link = re.search(rf'<a href="([^"]*)">{argument}</a>', row[0])
        assert link is not None
        assert link[1] == "differences/batchnorm-momentum.html"


def test_parameters_are_found_under_the_names_of_each_framework() -> None:
    weight = {
        name: told.layers["Dense"].parameters["0.weight"]
        for name, told in natives().items()
    }
    assert weight["torch"]["shape"] == [5, 6]
    assert (weight["jax"]["shape"], weight["jax"]["axes"]) == ([6, 5], [1, 0])
    assert (
        natives()["gluon"].layers["BatchNorm"].parameters["0.weight"]["name"]
        == "0.gamma"
    )


def test_no_recording_is_of_another_spec() -> None:
    stale = [
        f"{framework}: {name}"
        for framework, told in natives().items()
        for name, spec in samples().items()
        if name in told.layers and not told.layer(name, spec)
    ]
    assert stale == [], "record them: netspec site --record"


@pytest.mark.slow
@pytest.mark.parametrize("framework", sorted(natives()))
def test_frameworks_still_say_what_was_recorded(framework: str) -> None:
    if missing(framework):
        pytest.skip("not installed")
    told, now = natives()[framework], ask(framework)
    if now.version != told.version:
        pytest.skip(f"recorded on {told.version}, here is {now.version}")
    for name in now.layers:
        assert now.layers[name] == told.layers[name], f"{name}: netspec site --record"
    assert now.specs == told.specs


def test_one_page_alone(netspec: Command, tmp_path: Path) -> None:
    code, out, err = netspec("site", "-o", str(tmp_path), "--only", "adam-epsilon")
    assert (code, err) == (0, "")
    made = tmp_path / "differences/adam-epsilon.html"
    assert [*tmp_path.rglob("*.*")] == [made]
    assert str(made) in out


def test_what_it_refuses(
    netspec: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = netspec("site", "-o", str(tmp_path), "--only", "adam-epsilo")
    check_refused(
        done, "unknown difference 'adam-epsilo'; did you mean 'adam-epsilon'?"
    )
    (tmp_path / "file").write_text("")
    done = netspec("site", "-o", str(tmp_path / "file"), "--only", "adam-epsilon")
    check_refused(done, "cannot be made")
    monkeypatch.setattr("netspec.site._checkout.LESSONS", tmp_path)
    check_refused(netspec("site", "-o", str(tmp_path / "new")), "make site")
    assert not (tmp_path / "new").exists()


def test_the_extra_is_named_where_it_is_missing(
    netspec: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netspec.site._checkout.find_spec", lambda _: None)
    check_refused(
        netspec("site", "-o", str(tmp_path / "new")), 'pip install "netspec[site]"'
    )
    assert not (tmp_path / "new").exists()


def test_a_recording_is_one_line_for_each_layer() -> None:
    for framework in natives():
        assert FRAMEWORKS[framework]
    found = sorted((ROOT / "netspec/site/recorded").glob("*.json"))
    for path in found:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) > len(json.loads(text)["layers"])
