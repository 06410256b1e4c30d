"""``netspec fuzz``: what it prints, keeps and exits with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from netspec import LayerNorm, fuzzing
from netspec.fuzzing import here
from netspec.spec import load
from tests.command import Command, check_refused
from tests.fuzzing.conftest import few_layers, our_layers  # noqa: F401 (fixtures)
from tests.fuzzing.test_fuzz import BUGGY

QUICK = ("--backend", "numpy", "--specs", 10)


def test_a_sound_backend_passes(netspec: Command, tmp_path: Path) -> None:
    corpus = ("--corpus", tmp_path / "corpus")
    code, out, err = netspec("fuzz", *QUICK, *corpus)
    assert (code, err) == (0, "")
    first, last = out.splitlines()
    assert first.startswith("numpy float64: ")
    assert last == "PASSED: 10 pass"
    log = (tmp_path / "corpus" / "log.jsonl").read_text("utf-8").splitlines()
    assert len(set(log)) == len(log) == 10


@pytest.mark.usefixtures("few_layers")
def test_what_fails_is_shown_small_and_kept(
    netspec: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = fuzzing.fuzz

    def buggy(backend: str, **how: Any) -> fuzzing.Fuzzed:
        return run(BUGGY, **{**how, "mapper": here})

    monkeypatch.setattr(fuzzing, "fuzz", buggy)
    code, out, _ = netspec("fuzz", *QUICK, "--specs", 60, "--corpus", tmp_path)
    assert code == 1
    assert "fail LayerNorm(1.0) on (2,)" in out
    assert "evaluation: output, used/allowed " in out
    assert out.splitlines()[-1].startswith("FAILED: ")
    files = {load(file).layers: file for file in tmp_path.glob("*.yaml")}
    assert (LayerNorm(1.0),) in files
    assert {layers[1:] for layers in files} == {()}
    for file in files.values():
        assert f"python {file.with_suffix('.py')} shows it again" in out


def test_what_hypothesis_is_needed_for_is_said(
    netspec: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("netspec.fuzzing")]:
        monkeypatch.delitem(sys.modules, name)
    with mock.patch.dict(sys.modules, {"hypothesis": None}):
        check_refused(netspec("fuzz", *QUICK), 'pip install "netspec[fuzz]"')


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--backend", "tensorflow"), "unknown backend 'tensorflow'"),
        ((*QUICK, "--dtype", "float16"), "float16"),
        ((*QUICK, "--seed", "-1"), "seed"),
        (("--specs", "3"), "--backend"),
        ((*QUICK, "--specs", "0"), "--specs"),
        ((*QUICK, "--corpus", "/dev/null/corpus"), "name a folder of yours"),
    ],
)
def test_bad_input_is_refused(
    netspec: Command, arguments: tuple[object, ...], problem: str
) -> None:
    check_refused(netspec("fuzz", *arguments), problem)
