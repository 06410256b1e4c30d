"""Trained nets that leave: their files, tables and pages, and what stops them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import leave_mxnet
import netspec
import port_to_jax
from tests.examples.fashion import write_folder
from tests.examples.test_scripts import EXAMPLES, Shell, shell
from tests.importing.torch_nets import ResNet

__all__ = ["shell"]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the old machine leaves."""
    images = write_folder(tmp_path_factory.mktemp("images"), train=256, test=64)
    folder = tmp_path_factory.mktemp("left") / "out"
    leave_mxnet.leave(folder, images, epochs=1)
    return folder


def arrive(folder: Path) -> subprocess.CompletedProcess[str]:
    script = str(EXAMPLES / "leave_mxnet.py")
    command = [sys.executable, script, "-o", str(folder), "--arrive"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_net_of_mxnet_arrives_where_mxnet_cannot_be_imported(left: Path) -> None:
    graph = (left / leave_mxnet.GRAPH).read_text()
    assert '"fix_gamma": "True"' in graph
    assert '"pooling_convention": "full"' in graph
    ran = arrive(left)
    assert ran.returncode == 0, ran.stderr
    made = json.loads((left / "certificate.json").read_text())
    assert made["verdict"] == "PASSED"
    assert made["model"]["original"] == "recorded results of mxnet"
    assert {one["backend"]: one["agree"] for one in made["best"]} == {
        "torch": 64,
        "jax": 64,
    }
    assert made["environment"]["mxnet"] == "not installed"
    for shown in ("MXNet, recorded   16 of 16", "64 of 64", "PASSED", "--to jax"):
        assert shown in ran.stdout
    assert len(ran.stdout.splitlines()) <= 16
    assert (left / "certificate.html").read_text().startswith("<!DOCTYPE html>")
    assert {"net_torch.py", "net_jax.py"} <= {path.name for path in left.iterdir()}


@pytest.mark.slow
def test_a_net_with_other_weights_does_not_arrive(
    left: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = shutil.copytree(left, tmp_path / "other")
    with np.load(folder / "y.npz") as held:
        recorded = {name: held[name] for name in held.files}
    recorded["float32.evaluation.output"] *= np.float32(1.001)
    np.savez(folder / "y.npz", **recorded)
    monkeypatch.setattr(leave_mxnet, "forget_mxnet", lambda: None)  # of this process
    assert leave_mxnet.arrive(folder) == 1
    shown = capsys.readouterr().out
    assert "MXNet, recorded   8 of 16" in shown
    assert "FAILED" in shown


def test_a_missing_file_is_one_line(shell: Shell, tmp_path: Path) -> None:
    ran = arrive(tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: ")
    assert ran.stderr.count("\n") == 1
    assert leave_mxnet.GRAPH in ran.stderr


def test_where_torchvision_is_missing_it_is_said(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    assert shell(port_to_jax) == 0
    assert shell.out.startswith("skipped: torchvision cannot be imported")
    assert ".[examples]" in shell.out
    assert not list(Path().iterdir())


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a small residual net stand for that of torchvision."""
    models = SimpleNamespace(resnet18=lambda weights: ResNet())
    monkeypatch.setitem(sys.modules, "torchvision", SimpleNamespace(models=models))
    monkeypatch.setattr(port_to_jax, "SIDE", 16)


def test_a_net_of_torch_arrives_in_jax(shell: Shell, small: None) -> None:
    assert shell(port_to_jax, "-o", "a") == 0
    assert "drawn, and perturbed" in shell.out
    assert "20 of 20" in shell.out
    made = json.loads(Path("a/certificate.json").read_text())
    assert made["verdict"] == "PASSED"
    assert made["compared"]["modes"] == ["evaluation"]
    assert {row["backend"] for row in made["rows"]} >= {"torch", "jax"}
    assert Path("a/net_jax.py").exists()
    spec, _ = netspec.load_params("a/net.safetensors")
    assert spec.name == "resnet18"


def test_weights_of_another_net_are_one_line(shell: Shell, small: None) -> None:
    Path("w.pth").write_bytes(b"no weights")
    assert shell(port_to_jax, "--weights", "w.pth") == 2
    assert shell.err.startswith("error: w.pth: not weights of resnet18: ")
    assert shell.err.count("\n") == 1
    save_other(Path("w.pth"))
    assert shell(port_to_jax, "--weights", "w.pth") == 2
    assert shell.err.count("\n") == 1


def save_other(path: Path) -> None:
    import torch

    held: dict[str, Any] = torch.nn.Linear(3, 2).state_dict()
    torch.save(held, path)
