"""``netspec differences``, and names that neither it nor ``netspec explain`` knows."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from netspec import Dense, Residual, Softmax, Spec
from netspec.differences import entries, find, groups
from tests.command import Command, check_refused
from tests.test_imports import FRAMEWORKS, imported

PAGER = import_module("netspec.cli._pager")

VARIANCE = "batchnorm-running-variance"


def listed(out: str) -> list[str]:
    """The ids in a list."""
    lines = [line for line in out.splitlines() if line and line[0] not in " #"]
    return [line.split()[0] for line in lines]


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
        (["explain", "batchnrom"], "did you mean 'batchnorm'?"),
        (["explain"], "explain needs the NAME of a difference, a layer, a topic"),
        (["explain", VARIANCE, "--all"], "takes a NAME or --all; give one of them"),
        (["explain", "files", "--quiz"], "files: no question is known of it"),
        (["explain", VARIANCE, "--html", "/no/such.html"], "cannot be written"),
        (["differences", "--group", "batchnorms"], "did you mean 'batchnorm'?"),
        (["differences", "--level", "begginer"], "did you mean 'beginner'?"),
        (["differences", "--spec", "none.yaml"], "none.yaml: cannot be read"),
    ],
)
def test_wrong_names(netspec: Command, arguments: list[str], problem: str) -> None:
    check_refused(netspec(*arguments), problem)


@pytest.mark.parametrize("asked", [["flax"], ["keras"], ["flax", "torch"]])
def test_differences_of_layer_libraries(netspec: Command, asked: list[str]) -> None:
    found = listed(netspec("differences", *asked).out)
    assert found == [e.id for e in entries() if {*asked} <= {*e.witness}] != []


def test_differences_of_a_model_say_what_to_do(
    netspec: Command, tmp_path: Path
) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(
        "{netspec: 1, name: n, input_shape: [3], layers: [{type: BatchNorm}]}"
    )
    told = netspec("differences", "torch", "gluon", "--spec", spec)
    assert told.code == 0
    assert max(map(len, told.out.splitlines())) <= 80
    block = told.out.partition("batchnorm-momentum ")[2].partition("\nbatchnorm-")[0]
    advice = find("batchnorm-momentum").advice
    assert " ".join(advice.split()) in " ".join(block.split())
    assert "at 0" in block


def test_differences_of_a_group_and_a_level(netspec: Command) -> None:
    out = netspec("differences", "--group", "dense").out
    assert out.startswith(f"# dense ({len(groups()['dense'])})\n")
    assert listed(out) == [entry.id for entry in groups()["dense"]]
    out = netspec("differences", "--level", "beginner").out
    assert listed(out) == [e.id for e in entries() if e.level == "beginner"] != []


def test_differences_that_touch_a_net(netspec: Command, tmp_path: Path) -> None:
    spec = Spec("net", (3,), [Dense(4), Residual([Dense(4)]), Softmax()])
    spec.save(tmp_path / "net.yaml")
    command = ("differences", "--spec", tmp_path / "net.yaml")
    wanted = [e for e in entries() if {"Dense", "Residual", "Softmax"} & {*e.about}]
    out = netspec(*command).out
    assert listed(out) == [entry.id for entry in wanted]
    assert "    at 0, 1.body.0\n" in out
    by_id = {told["id"]: told for told in json.loads(netspec(*command, "--json").out)}
    assert by_id["dense-flatten"]["paths"] == ["0", "1.body.0"]
    assert by_id["softmax-default-axis"]["paths"] == ["2"]


def test_a_list_that_does_not_fit_a_terminal_is_paged(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    paged: list[str] = []
    monkeypatch.setattr(PAGER.pydoc, "pager", paged.append)
    monkeypatch.setattr(PAGER.sys.stdout, "isatty", lambda: True, raising=False)
    PAGER.show("one line")
    assert paged == []
    PAGER.show("\n".join("lines" for _ in range(200)))
    assert [text.count("lines") for text in paged] == [200]
