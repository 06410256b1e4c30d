"""``netspec import``: trained models become one file, or all that stands in the way is
said and nothing is written.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

import netspec as ns
from netspec import importing
from netspec.cli import _progress
from tests.cli.imports import check_nothing, graph
from tests.command import Command


def test_files_of_mxnet(netspec: Command, tmp_path: Path) -> None:
    symbol, params = graph(tmp_path)
    target, page = tmp_path / "net.safetensors", tmp_path / "net.html"
    arguments = ["--input", "4,7,6", "-o", target, "--report", page]
    code, out, err = netspec("import", symbol, params, *arguments)
    assert code == 0
    assert err.splitlines() == [str(target), str(page)]
    assert "net: imported from" in out
    assert "4 x 7 x 6 to 3 · float32" in out
    assert " fc1_weight\n" in out
    assert "Notes:\n  bn4: bn4_gamma is stored, but fixed at 1" in out
    found = importing.load(target)
    direct = importing.mxnet(symbol, params, (4, 7, 6))
    assert found.spec == direct.spec
    assert found.names == direct.names
    assert found.notes == direct.notes
    text = page.read_text()
    assert "fc1_weight" in text
    assert "bn4_gamma is stored" in text
    assert "<script" not in text
    swapped = netspec("import", params, symbol, *arguments)
    assert swapped.code == 0


def test_code_of_the_users(netspec: Command, here: Path) -> None:
    code, out, err = netspec(
        "import", "nets:Net", "--example", "3,8,8", "-o", "out.safetensors"
    )
    assert code == 0
    assert "nets:Net: runs this code of yours\n" in err
    assert "printed by the net" in err  # and is no part of our result
    assert "printed by the net" not in out
    assert "spare.weight" in out.partition("Lost, as the output does not")[2]
    found = importing.load("out.safetensors")
    assert found.names["2.body.0.weight"] == "body.0.weight"
    assert found.spec.name == "Net"


@pytest.mark.parametrize("where", ["nets:ready", "nets:Net", "nets:Net.__new__"])
def test_a_model_a_class_or_a_function(
    netspec: Command, here: Path, where: str
) -> None:
    outcome = netspec("import", where, "--example", "3,8,8", "--name", "mine")
    if where.endswith("__new__"):  # which needs an argument
        assert outcome.code == 2
        assert "TypeError" in outcome.err
        return
    assert outcome.code == 0
    assert outcome.out.startswith("mine: imported from")
    assert "nothing is written; give -o FILE" in outcome.err
    assert os.listdir(here) == ["nets.py"] or "__pycache__" in os.listdir(here)


def test_indices(netspec: Command, here: Path) -> None:
    given = ("import", "nets:words", "--input", "4", "-o", "out.safetensors")
    assert netspec(*given, "--integers").code == 0
    assert ns.load_params("out.safetensors")[0].input_dtype == "int"


def test_what_training_has_besides(netspec: Command, here: Path) -> None:
    (here / "more.py").write_text(
        "from nets import Auxiliary\ndef build():\n    return Auxiliary(3, 2)\n"
    )
    given = ("import", "more:build", "--input", "3", "-o", "out.safetensors")
    sys.modules.pop("more", None)
    check_nothing(here, netspec(*given), "--evaluation-only", code=1)
    taken = netspec(*given, "--evaluation-only")
    assert taken.code == 0
    assert "Lost, as only training has it" in taken.out
    assert importing.load("out.safetensors").training_only


def test_an_output_is_chosen(netspec: Command, here: Path) -> None:
    given = ("import", "nets:Two", "--input", "3", "-o", "out.safetensors")
    check_nothing(here, netspec(*given), "low, high", "--head low", code=1)
    assert netspec(*given, "--head", "high").code == 0
    assert ns.load_params("out.safetensors")[0].layers == (ns.Tanh(),)


def test_all_problems_at_once_by_module(netspec: Command, here: Path) -> None:
    outcome = netspec(
        "import", "nets:Unknown", "--input", "4", "-o", "out.safetensors",
        "--report", "out.html",
    )  # fmt: skip
    check_nothing(here, outcome, code=1)
    told = [line for line in outcome.err.splitlines() if line.startswith("error")]
    assert told[0] == "error: 'Unknown' cannot be imported: 2 problems"
    assert told[1].startswith("error: aten.cumsum to (4,): netspec has no layer")
    assert told[2].startswith("error: two.1: aten.erfinv to (4,): netspec has no layer")


def test_what_takes_long_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _progress.slow("waiting"):
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(_progress, "PATIENCE", 0.01)
    with _progress.slow("waiting for\nlong"):
        time.sleep(0.2)
    assert capsys.readouterr().err == "waiting for\\nlong ...\n"
