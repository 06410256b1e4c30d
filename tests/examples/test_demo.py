"""The demo, and training that is interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import data
import demo
import netspec
from netspec_jax._modes import quick_environment
from tests.examples.fashion import write_folder
from tests.examples.test_scripts import EXAMPLES, INSTALLED, MLP, accuracies
from tests.interrupts import HEARING
from trainers import TRAINERS


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("images"), train=256, test=1024)


def start(*command: str | Path, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*HEARING, sys.executable, *map(str, command)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_interrupted_training_leaves_no_file_and_no_traceback(
    tmp_path: Path, images: Path
) -> None:
    script = EXAMPLES / "fashion_mnist.py"
    command = (script, MLP, "--data", images, "--epochs", "100000", "-o", "a")
    with start(*command, cwd=tmp_path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("torch: epoch 1 "):
                process.send_signal(signal.SIGINT)
                break
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == "interrupted; no file was left half-written"
    assert list(tmp_path.iterdir()) == []


@contextmanager
def on_one_core() -> Iterator[None]:
    """What starts inside does all its work in one process, where it has a choice."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if before:
        os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


@pytest.mark.slow
def test_demo_prints_every_step(
    tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In a copy, since it writes beside the examples
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=ignored)
    monkeypatch.setenv(data.VARIABLE, str(INSTALLED or images))
    for name, value in quick_environment().items():
        monkeypatch.setenv(name, value)
    path = tmp_path / demo.SPEC  # narrower, so that it is soon trained and compared
    path.write_text(path.read_text().replace("units: 256", "units: 64"))
    parameters = netspec.load(path).parameters().values()
    trained = sum(parameter.size for parameter in parameters if parameter.trainable)
    with on_one_core(), start("examples/demo.py", cwd=tmp_path) as process:
        out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert err == ""
    positions = [out.index(f"\n$ {command}\n") for _, command in demo.steps()]
    assert positions == sorted(positions)
    for shown in (
        f"{trained:,}",
        "class Residual(nn.Module)",
        "jax: epoch 3",
        "out/mlp.png",
    ):
        assert shown in out
    assert out.count("56 of 56 tensors agree") == len(TRAINERS)
    assert (tmp_path / "out/mlp.png").exists()
    assert max(len(line) for line in out.splitlines()) <= 88  # that of source code
    reached = accuracies(out, "epoch 3")
    assert len(reached) == len(TRAINERS)
    if INSTALLED:
        assert min(reached) >= 0.86
