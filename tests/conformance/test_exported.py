"""Running exported files where netspec cannot be imported: apart, and in time."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from subprocess import Popen
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


HANGS = """
import os
import time
from pathlib import Path

Path(__file__).with_name("begun").write_text(str(os.getpid()))
time.sleep(600)
"""
RUNS = """
import sys
from pathlib import Path

from netspec.conformance.checks import run_exported
from netspec.contract import Observer

run_exported(Observer(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for a process")
def test_a_file_that_hangs_ends_with_who_runs_it(
    observer: Observer, tmp_path: Path
) -> None:
    files = folder(tmp_path / "files", a=HANGS)
    begun = files / "begun"
    path = os.pathsep.join(filter(None, sys.path))
    with Popen(
        [sys.executable, "-c", RUNS, observer.script, files],
        env=os.environ | {"PYTHONPATH": path},
    ) as runs:
        while not (begun.exists() and begun.read_text()):
            time.sleep(0.05)
        runs.kill()
    hanging, end = Path("/proc", begun.read_text()), time.monotonic() + 20
    while hanging.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not hanging.exists()
