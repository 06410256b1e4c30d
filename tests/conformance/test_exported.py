"""Running exported files where netspec cannot be imported: apart, and in time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netspec.conformance.checks import _exported as exported
from netspec.conformance.checks import run_exported
from netspec.contract import Observer

OBSERVER = """
def observe(module, weights, x, cotangent, seed):
    return {"count": module["count"], "weights": weights is not None}
"""
COUNTS = """
import sys
print("noise")
count = sys.count = getattr(sys, "count", 0) + 1
"""


@pytest.fixture
def observer(tmp_path: Path) -> Observer:
    script = tmp_path / "observer.py"
    script.write_text(OBSERVER)
    return Observer(script)


def seen(observer: Observer, folder: Path) -> Any:
    return run_exported(observer, folder)


def folder(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, text in files.items():
        (path / f"{name}.py").write_text(text)
        np.savez(path / f"{name}.npz", x=0, cotangent=0, seed=0)
    return path


def test_a_folder_sees_nothing_of_the_one_before(
    observer: Observer, tmp_path: Path
) -> None:
    first = folder(tmp_path / "first", a=COUNTS, b=COUNTS)
    assert seen(observer, first) == {
        "a": {"count": 1, "weights": False},
        "b": {"count": 2, "weights": False},
    }
    second = folder(tmp_path / "second", a=COUNTS)
    (second / "a.safetensors").touch()
    assert seen(observer, second) == {"a": {"count": 1, "weights": True}}


def test_how_files_end_is_said(
    observer: Observer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = {"raises": "1 / 0", "needs": "import netspec_torch", "exits": "exit(3)"}
    assert seen(observer, folder(tmp_path / "ends", **ends)) == {
        "exits": "the process ended with 3: ",
        "needs": "the process ended with 3: ",
        "raises": "the process ended with 3: ",
    }
    del ends["exits"]
    assert seen(observer, folder(tmp_path / "others", **ends)) == {
        "needs": "ImportError: an exported file must not need netspec_torch",
        "raises": "ZeroDivisionError: division by zero",
    }
    monkeypatch.setattr(exported, "TIMEOUT", 0.5)
    hangs = folder(tmp_path / "hangs", hangs="import time; time.sleep(600)")
    assert seen(observer, hangs) == {"hangs": "no result after 0.5 s"}
    monkeypatch.undo()
    after = seen(observer, folder(tmp_path / "after", a=COUNTS))
    assert after == {"a": {"count": 1, "weights": False}}
