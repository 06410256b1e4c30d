"""Results that were recorded elsewhere, by the program that netspec prints."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec.certificates import recorder
from tests.command import Command

SPEC = ns.Spec(
    "small",
    (3, 5, 6),
    [ns.Conv2D(4, kernel_size=3), ns.ReLU(), ns.Flatten(), ns.Dense(3)],
)
PARAMS = ns.init_params(SPEC, 1)


def outputs(x: Any, params: Any = PARAMS) -> Any:
    model = ns.compile(SPEC, "numpy", params=params)
    return ns.backend("numpy").forward(model, SPEC, x)


def batch(count: int = 12) -> Any:
    drawn = np.random.default_rng(0).normal(size=(count, 3, 5, 6))
    return drawn.astype("float32")


def certificate(x: Any, y: Any) -> Any:
    return ns.certify(None, SPEC, PARAMS, inputs=x, outputs=y, backends=())


def test_recorded_outputs_are_compared(tmp_path: Path) -> None:
    x = batch()
    np.savez(tmp_path / "x.npz", images=x)
    np.savez(tmp_path / "y.npz", scores=outputs(x).astype("float32"))
    made = certificate(tmp_path / "x.npz", tmp_path / "y.npz")
    assert made.passed
    assert made.compared.weights == ("own",)
    assert made.compared.modes == ("evaluation",)
    wrong = dict(PARAMS) | {"3.bias": PARAMS["3.bias"] + np.float32(0.01)}
    made = certificate(x, outputs(x, wrong).astype("float32"))
    assert made.verdict == "FAILED"


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (batch()[:, :1], batch(), "inputs: x has shape"),
        (batch(), np.zeros((12, 4), "float32"), "output has shape (12, 4)"),
        (batch(), {"a": np.zeros(3), "b": np.zeros(3)}, "'a' is no name of a result"),
        ("missing.npz", batch(), "cannot be read"),
        (7, batch(), "inputs must be an array"),
        (
            batch(),
            {"float32.evaluation.grad_input": batch(), "float32.evaluation.output": 0},
            "has shape ()",
        ),
        (
            {"x": batch()},
            {"float32.evaluation.grad_input": batch()},
            "need the cotangent",
        ),
    ],
)
def test_what_does_not_fit_is_refused(x: Any, y: Any, words: str) -> None:
    with pytest.raises(ns.InputError) as caught:
        certificate(x, y)
    assert words in str(caught.value)


@pytest.mark.parametrize("framework", ["torch", "mxnet", "jax", "callable"])
def test_a_program_is_python_of_old(framework: str) -> None:
    text = recorder(framework, (3, 5, 6))
    compile(text, "record.py", "exec", dont_inherit=True)
    assert "@" not in text
    assert "INPUT_SHAPE = (3, 5, 6)" in text
    # neither in the Python of 2016
    assert not any(
        word in text for word in ("f'", 'f"', ":=", "match ", "import netspec")
    )


def test_only_known_frameworks_have_a_program() -> None:
    with pytest.raises(ns.NetspecError, match="did you mean 'torch'"):
        recorder("torhc", (3,))


@pytest.mark.slow
def test_the_program_records_outputs_gradients_and_statistics(
    tmp_path: Path, netspec: Command
) -> None:
    pytest.importorskip("torch")
    build = """
def model():
    import torch
    from torch import nn
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.3), nn.Flatten(),
        nn.Linear(48, 3),
    )
"""
    text = recorder("torch", (3, 5, 6))
    (tmp_path / "record.py").write_text(
        text.replace("if __name__", f"{build}\n\nif __name__")
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "record.py"]
    subprocess.run(
        command, cwd=tmp_path, env=environment, check=True, capture_output=True
    )
    namespace: dict[str, Any] = {}
    exec(build, namespace)
    found = ns.importing.torch(namespace["model"](), (3, 5, 6))
    found.save(tmp_path / "net.safetensors")
    name = str(tmp_path / "net.safetensors")
    files = ["--inputs", str(tmp_path / "x.npz"), "--outputs", str(tmp_path / "y.npz")]
    json = str(tmp_path / "c.json")
    told = netspec("certify", name, *files, "--backend", "torch", "--json", json)
    assert told.code == 0, told.out
    assert "recorded results of torch" in told.out
    assert {"outputs", "gradients", "state"} <= {*told.out.split()}
    told = netspec("certify", name, "--verify", json)
    assert told.code == 0
    assert "unchanged" in told.out
