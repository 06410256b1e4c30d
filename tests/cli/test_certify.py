"""``netspec certify`` and ``netspec record``: bad input in a line, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

import netspec as ns
from tests.command import Command, check_refused


@pytest.fixture
def model(tmp_path: Path) -> Path:
    spec = ns.Spec("one", (3,), [ns.Dense(2)])
    path = tmp_path / "one.safetensors"
    ns.save_params(path, spec, ns.init_params(spec, 0))
    return path


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "give the original, --against module:build"),
        (["--against", "a.json"], "--against names code as module:build"),
        (["--against", "no_such_module:build"], "no_such_module:build"),
        (["--verify", "missing.json"], "missing.json: cannot be read"),
        (["--verify", "x.json", "--against", "a:b"], "leave the original out"),
        (["--inputs", "x.npz", "--outputs", "y.npz"], "x.npz: cannot be read"),
    ],
)
def test_bad_input(
    netspec: Command, model: Path, words: list[str], problem: str
) -> None:
    page = model.with_suffix(".html")
    outcome = netspec("certify", model, *words, "--html", page)
    assert outcome.code == 2
    assert problem in outcome.err
    assert "Traceback" not in outcome.err
    assert not page.exists()


def test_another_model_is_told_from_that_of_a_certificate(
    netspec: Command, model: Path, tmp_path: Path
) -> None:
    spec, params = ns.load_params(model)
    x = ns.init_params(ns.Spec("x", (3,), [ns.Dense(4)]), 0)["0.weight"]
    y = x @ params["0.weight"].T + params["0.bias"]
    made = ns.certify(None, spec, params, inputs=x, outputs=y, backends=())
    assert made.passed
    file = tmp_path / "c.json"
    file.write_text(made.to_json())
    told = netspec("certify", model, "--verify", file)
    assert told.code == 0
    assert "nothing was compared again" in told.out
    assert f"PASSED, as it was issued {made.report.started}" in told.out
    ns.save_params(model, spec, ns.init_params(spec, 1))
    told = netspec("certify", model, "--verify", file)
    assert told.code == 1
    assert "the weights are not those of the certificate" in told.out


def test_a_program_is_printed_for_what_is_known(netspec: Command) -> None:
    told = netspec("record", "torch", "--example", "3,5,6")
    assert told.code == 0
    assert "INPUT_SHAPE = (3, 5, 6)" in told.out
    check_refused(netspec("record", "torch", "--example", "a"), "shape of one example")
    check_refused(netspec("record", "caffe", "--example", "3"), "no program records")
