"""What the processes of a run share; threads, which locks keep apart as well."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from netspec.conformance.trajectories import FOLDER, share


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    return tmp_path


def fail() -> int:
    raise ArithmeticError


def test_alone_everything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    assert share("squares", [lambda: 4, lambda: 9]) == [4, 9]
    assert share("squares", [lambda: 5]) == [5]


def test_what_was_made_is_taken(folder: Path) -> None:
    assert share("squares", [lambda: 4, lambda: 9]) == [4, 9]
    assert share("squares", [fail, fail]) == [4, 9]
    assert share("cubes", [lambda: 8]) == [8]


def test_two_make_different_values_at_once(folder: Path) -> None:
    begun, others_done = Event(), Event()

    def first() -> int:
        begun.set()
        assert others_done.wait(60)
        return 0

    def last() -> int:
        others_done.set()
        return 2

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(share, "numbers", [first, fail, fail])
        assert begun.wait(60)
        other = pool.submit(share, "numbers", [fail, lambda: 1, last])
        assert one.result() == other.result() == [0, 1, 2]


def test_what_one_could_not_make_another_makes(folder: Path) -> None:
    with pytest.raises(ArithmeticError):
        share("squares", [lambda: 4, fail])
    assert share("squares", [fail, lambda: 9]) == [4, 9]


DIES = """
import os
from netspec.conformance.trajectories._sharing import share
share("squares", [lambda: os._exit(9)])
"""


def test_what_the_dead_began_another_makes(folder: Path) -> None:
    died = subprocess.run([sys.executable, "-c", DIES], check=False)
    assert died.returncode == 9
    assert share("squares", [lambda: 4]) == [4]
