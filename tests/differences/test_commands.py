"""``netspec differences`` and ``netspec explain``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

import pytest

from netspec.contract import Availability, backends
from netspec.differences import entries, find
from tests.command import Command, check_refused
from tests.test_imports import FRAMEWORKS, imported

# As attributes of their packages these are functions
EXPLAIN = import_module("netspec.cli._explain")
HOME = import_module("netspec.differences._frameworks")

VARIANCE = "batchnorm-running-variance"


def listed(out: str) -> list[str]:
    """The ids in a list."""
    return [line.split()[0] for line in out.splitlines() if not line.startswith(" ")]


def test_differences_lists_all(netspec: Command) -> None:
    code, out, err = netspec("differences")
    assert (code, err) == (0, "")
    assert listed(out) == [entry.id for entry in entries()]
    told = " ".join(out.split())
    assert all(entry.title in told for entry in entries())
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


@pytest.mark.parametrize("asked", [["torch"], ["torch", "gluon"], ["jax", "gluon"]])
def test_differences_of_frameworks(netspec: Command, asked: list[str]) -> None:
    wanted = [e.id for e in entries() if all(name in e.witness for name in asked)]
    assert listed(netspec("differences", *asked).out) == wanted != []


def test_differences_imports_no_framework() -> None:
    code = "from netspec.cli import app; app(['differences'], standalone_mode=False)"
    assert imported(code).isdisjoint(FRAMEWORKS)


def test_differences_of_a_layer(netspec: Command) -> None:
    for name in ("BatchNorm", "initialization"):
        wanted = [entry.id for entry in entries() if name in entry.about]
        assert listed(netspec("differences", "--layer", name).out) == wanted != []


def test_differences_as_json(netspec: Command) -> None:
    document = json.loads(netspec("differences", "torch", "--json").out)
    by_id = {entry["id"]: entry for entry in document}
    assert by_id[VARIANCE]["frameworks"] == find(VARIANCE).frameworks
    assert by_id[VARIANCE]["witness"] == find(VARIANCE).witness
    assert by_id[VARIANCE]["handling"] == "declared"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["differences", "torhc"], "the framework 'torhc'; did you mean 'torch'?"),
        (["differences", "--layer", "BatchNrom"], "did you mean 'BatchNorm'?"),
        (["explain", VARIANCE[:-1]], f"did you mean '{VARIANCE}'?"),
        (["explain"], "Missing argument 'ID'"),
    ],
)
def test_wrong_names(netspec: Command, arguments: list[str], problem: str) -> None:
    check_refused(netspec(*arguments), problem)


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
    monkeypatch.setattr(EXPLAIN, "find", {VARIANCE: doctored}.get)
    out = netspec("explain", VARIANCE).out
    for code in (setup, doctored.relation, *doctored.witness.values()):
        indented = "\n".join(f"  {line}".rstrip() for line in code.splitlines())
        assert indented in re.sub(" +$", "", out, flags=re.M)


def test_explain_says_what_no_longer_holds(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctored = replace(find(VARIANCE), relation="np.allclose(torch, gluon)")
    monkeypatch.setattr(EXPLAIN, "find", {VARIANCE: doctored}.get)
    code, out, _ = netspec("explain", VARIANCE)
    assert code == 1
    assert "does not hold: the relation is false" in out


def without(*names: str) -> Callable[[], dict[str, Availability]]:
    """What `backends` would say without these."""
    gone = {n: Availability(n, n, None, f"pip install {n}") for n in names}
    return lambda: backends() | gone


def test_explain_shows_what_it_can(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOME, "backends", without("gluon"))
    code, out, err = netspec("explain", VARIANCE)
    assert (code, err) == (0, "")
    assert "not installed; run: pip install gluon" in out
    assert "[1.9722518  0.39358926 0.60646516]" in out
    assert "was not checked" in out


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


@pytest.mark.parametrize("asked", [["flax"], ["keras"], ["flax", "torch"]])
def test_differences_of_layer_libraries(netspec: Command, asked: list[str]) -> None:
    found = listed(netspec("differences", *asked).out)
    assert found == [e.id for e in entries() if {*asked} <= {*e.witness}] != []


def test_what_needs_a_missing_package_says_so(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HOME, "find_spec", lambda name: None)
    code, out, _ = netspec("explain", "layernorm-keras-epsilon")
    assert code == 0
    assert "nothing: not installed; run: pip install keras" in out
    assert "was not checked: one is missing" in out
