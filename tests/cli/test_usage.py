"""The command line used wrongly, and what it says is installed."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.command import Command, check_refused
from tests.spec.test_spec import MLP


@pytest.fixture
def mlp(tmp_path: Path) -> Path:
    path = tmp_path / "mlp.yaml"
    MLP.save(path)
    return path


def test_backends_say_what_is_installed(netspec: Command) -> None:
    document = json.loads(netspec("backends", "--json").out)
    assert document["numpy"]["installed"] is True
    assert document["torch"]["requirement"] == "torch"
    assert document["torch"]["version"] == version("torch")
    table = netspec("backends").out
    assert version("torch") in table
    assert "\x1b" not in table


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["shw"], "No such command 'shw'"),
        (["show"], "Missing argument 'SPEC'"),
        (["show", "a", "b"], "unexpected extra argument"),
        (["show", "--jason"], "No such option"),
        (["show", "missing.yaml"], "missing.yaml: cannot be read: No such file"),
        (["show", "."], ".: cannot be read: Is a directory"),
        (["init", "missing.yaml", "--inspect"], "missing.yaml: cannot be read"),
    ],
)
def test_wrong_usage(netspec: Command, arguments: list[str], problem: str) -> None:
    check_refused(netspec(*arguments), problem)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["init", "--inspect", "--seed", "-1"], "seed must be a natural number"),
        (["init", "--inspect", "--seed", "x"], "Invalid value for '--seed'"),
        (["init", "--inspect", "--dtype", "f4"], "dtype must be 'float32' or"),
        (["export"], "Missing option '--to'"),
        (["export", "--to", "torhc"], "unknown backend 'torhc'; did you mean 'torch'?"),
        (["export", "--to", "torch", "--dtype", "f4"], "dtype must be 'float32' or"),
    ],
)
def test_wrong_options(
    netspec: Command, mlp: Path, arguments: list[str], problem: str
) -> None:
    check_refused(netspec(*arguments, mlp), problem)
