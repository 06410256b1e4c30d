"""``netspec explain``."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from netspec.contract import Availability, backends
from netspec.differences import find, groups, topics
from tests.command import Command

# As attributes of their packages these are functions
EXPLAIN = import_module("netspec.cli._explain")
HOME = import_module("netspec.differences._frameworks")
RECORDINGS = import_module("netspec.differences._recordings")

VARIANCE = "batchnorm-running-variance"


def test_explain_runs_the_witness(netspec: Command) -> None:
    code, out, err = netspec("explain", VARIANCE)
    assert (code, err) == (0, "")
    entry = find(VARIANCE)
    flat = " ".join(out.split())
    for said in (entry.title, entry.cause, entry.formula, entry.advice):
        assert " ".join(said.split()) in flat
    for source in (*entry.witness.values(), entry.relation):
        assert all(line in out for line in source.splitlines())
    assert "[1.5778017  0.31487146 0.48517215]" in out
    assert "[1.9722518  0.39358926 0.60646516]" in out
    assert "it\n  holds\n" in out
    assert "declared" in out
    assert "on the CPU" in flat
    assert "\x1b" not in out


def test_explain_prints_code_whole(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the width, so that it can be copied from a log."""
    monkeypatch.setattr(HOME, "backends", without("torch", "gluon"))
    long = f"[{', '.join(['[1, 2]'] * 20)}][0]"
    setup = f"if True:\n\n    x = {long}"
    doctored = replace(find(VARIANCE), setup=setup, relation=f"torch == {long}")
    monkeypatch.setattr(EXPLAIN, "select", {VARIANCE: (doctored,)}.get)
    out = netspec("explain", VARIANCE).out
    for code in (setup, doctored.relation, *doctored.witness.values()):
        indented = "\n".join(f"  {line}".rstrip() for line in code.splitlines())
        assert indented in re.sub(" +$", "", out, flags=re.M)


def test_explain_says_what_no_longer_holds(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctored = replace(find(VARIANCE), relation="np.allclose(torch, gluon)")
    monkeypatch.setattr(EXPLAIN, "select", {VARIANCE: (doctored,)}.get)
    code, out, _ = netspec("explain", VARIANCE)
    assert code == 1
    assert "does not hold: the relation is false" in out


def without(*names: str) -> Callable[[], dict[str, Availability]]:
    """What `backends` would say without these."""
    gone = {n: Availability(n, n, None, f"pip install {n}") for n in names}
    return lambda: backends() | gone


@pytest.fixture
def no_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RECORDINGS, "recordings", dict)


def test_explain_shows_what_was_recorded(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOME, "backends", without("gluon"))
    code, out, err = netspec("explain", VARIANCE)
    assert (code, err) == (0, "")
    assert re.search(r"gives, recorded on 1\.9\.1, \d{4}-\d\d-\d\d\n", out)
    assert "[1.5778017  0.31487146 0.48517215]" in out
    assert "it\n  holds\n" in out


def test_explain_does_not_show_what_is_stale(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOME, "backends", without("gluon"))
    entry = find(VARIANCE)
    changed = replace(entry, witness={**entry.witness, "gluon": "nd.ones(3)"})
    monkeypatch.setattr(EXPLAIN, "select", {VARIANCE: (changed,)}.get)
    code, out, err = netspec("explain", VARIANCE)
    assert (code, err) == (0, "")
    told = " ".join(out.split())
    assert "run: pip install gluon; its recording is of another snippet" in told
    assert "was not checked" in out


@pytest.mark.usefixtures("no_recordings")
def test_explain_shows_what_it_can(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOME, "backends", without("gluon"))
    code, out, err = netspec("explain", VARIANCE)
    assert (code, err) == (0, "")
    assert "not installed; run: pip install gluon" in out
    assert "[1.9722518  0.39358926 0.60646516]" in out
    assert "was not checked" in out


@pytest.mark.usefixtures("no_recordings")
def test_explain_where_nothing_can_run(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = without("gluon", "torch")
    monkeypatch.setattr(HOME, "backends", nothing)
    code, out, err = netspec("explain", VARIANCE)
    assert code == 2
    assert find(VARIANCE).title in out
    wanted = "nothing could run; run: pip install gluon && pip install torch"
    assert err == f"error: {VARIANCE}: {wanted}\n"


@pytest.mark.usefixtures("no_recordings")
def test_what_needs_a_missing_package_says_so(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOME, "find_spec", lambda name: None)
    code, out, _ = netspec("explain", "layernorm-keras-epsilon")
    assert code == 0
    assert "nothing: not installed; run: pip install keras" in out
    assert "was not checked: one is missing" in out


def test_explain_takes_a_layer_a_topic_or_a_group(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOME, "backends", without("gluon", "torch", "jax"))
    monkeypatch.setattr(HOME, "find_spec", lambda name: None)
    for name, held in (("embedding", topics()["Embedding"]), ("losses", None)):
        out = netspec("explain", name, "--json").out
        wanted = held or topics()[name]
        assert [told["id"] for told in json.loads(out)] == [e.id for e in wanted]
    group = netspec("explain", "ties", "--json").out
    assert [told["id"] for told in json.loads(group)] == [
        e.id for e in groups()["ties"]
    ]


def test_explain_as_json(netspec: Command) -> None:
    (told,) = json.loads(netspec("explain", "batchnorm-momentum", "--json").out)
    assert told["holds"] is True
    assert told["results"]["torch"]["text"] == "[4.5]"
    assert [option["text"] for option in told["options"]] == ["0.5", "4.5", "5"]
    assert [option["right"] for option in told["options"]] == [False, True, False]
    assert len(told["table"]["series"]["torch"]) == len(told["table"]["stops"]) == 11


def test_explain_as_a_page(netspec: Command, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    code, out, err = netspec("explain", "batchnorm-momentum", "--html", path)
    assert (code, out, err) == (0, "", "")
    page = path.read_text()
    entry = find("batchnorm-momentum")
    assert html.escape(entry.title) in page
    assert all(
        html.escape(code, quote=False) in page for code in entry.witness.values()
    )
    assert all(sighting.url in page for sighting in entry.wild)
    assert "[4.5]" in page
    assert "<script" not in page


def test_a_quiz_asks_before_it_answers(netspec: Command) -> None:
    code, out, err = netspec("explain", "batchnorm-momentum", "--quiz")
    assert (code, err) == (0, "")
    entry = find("batchnorm-momentum")
    places = [out.index(f"  {letter}) ") for letter in "abc"]
    answers = [out.index(f"{letter} is ") for letter in "abc"]
    cause = out.index("Cause")
    assert out.index("Question") < places[0] < places[-1] < answers[0]
    assert max(answers) < cause < out.index("torch gives")
    assert entry.exercise is not None
    assert entry.exercise.key in " ".join(out.split())


def test_a_quiz_waits_for_an_answer(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = iter(["", "z", "ab", "a"])
    monkeypatch.setattr(EXPLAIN, "_is_terminal", lambda: True)
    monkeypatch.setattr(EXPLAIN.typer, "prompt", lambda text: next(given))
    code, out, _ = netspec("explain", "batchnorm-momentum", "--quiz")
    assert code == 0
    assert "a is not so" in out
    assert "b is right" in out
    assert "c is" not in out
