"""``netspec export --to onnx``: a model with its weights, not a source."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec.spec import init_params, load_params
from tests.command import Command, check_refused
from tests.spec.test_spec import MLP

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")
if "onnx" not in ns.backends():  # installed before there was this backend
    pytest.skip("netspec's entry points are older", allow_module_level=True)


@pytest.fixture
def mlp(tmp_path: Path) -> Path:
    MLP.save(tmp_path / "mlp.yaml")
    return tmp_path / "mlp.yaml"


def held(path: Path) -> dict[str, Any]:
    """The weights of a file, wherever they are."""
    model = onnx.load(str(path))
    return {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}


def same(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(np.array_equal(found[path], wanted[path]) for path in wanted)


def test_a_model_carries_the_weights_of_seed_0(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    assert netspec("export", mlp, "--to", "onnx", "-o", tmp_path / "a.onnx") == (
        0,
        "",
        "",
    )
    assert same(held(tmp_path / "a.onnx"), init_params(MLP, 0))
    assert (tmp_path / "a.onnx").read_bytes() == ns.export(MLP, "onnx")


def test_or_those_that_are_given(netspec: Command, mlp: Path, tmp_path: Path) -> None:
    weights, path = tmp_path / "w.safetensors", tmp_path / "a.onnx"
    netspec("init", mlp, "-o", weights, "--seed", 3)
    code, out, _ = netspec(
        "export", mlp, "--to", "onnx", "-o", path, "--weights", weights
    )
    assert (code, out) == (0, "")
    assert same(held(path), dict(load_params(weights, MLP)[1]))
    names = {"mlp.yaml", "w.safetensors", "a.onnx"}
    assert {*os.listdir(tmp_path)} == names  # and no copy of the weights beside it


def test_large_weights_lie_beside_it(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.onnx"
    outcome = netspec("export", mlp, "--to", "onnx", "-o", path, "--external-data")
    assert (outcome.code, outcome.err.splitlines()) == (0, [str(path), f"{path}.data"])
    assert same(held(path), init_params(MLP, 0))
    assert path.stat().st_size < 20_000
    onnx.checker.check_model(str(path), full_check=True)
    x = {"input": np.ones((2, 784), np.float32)}
    alone = ort.InferenceSession(ns.export(MLP, "onnx")).run(None, x)[0]
    assert np.array_equal(ort.InferenceSession(str(path)).run(None, x)[0], alone)


def test_weights_beyond_2_gb_lie_beside_it_unasked(
    netspec: Command, mlp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netspec_onnx._model.LARGEST", 1000)
    assert netspec("export", mlp, "--to", "onnx", "-o", tmp_path / "a.onnx").code == 0
    assert same(held(tmp_path / "a.onnx"), init_params(MLP, 0))
    assert (tmp_path / "a.onnx.data").exists()
    with pytest.raises(ns.BackendError, match=r"write net.onnx and net.onnx.data"):
        ns.export(MLP, "onnx")
    with pytest.raises(ns.BackendError, match="more than the 2 GB"):
        ns.compile(MLP, "onnx", seed=0)


def test_without_a_file_the_text_is_shown(netspec: Command, mlp: Path) -> None:
    code, out, err = netspec("export", mlp, "--to", "onnx")
    assert (code, err) == (0, "")
    assert out == ns.backend("onnx").source(MLP)
    assert len(onnx.parser.parse_model(out).graph.node) > 5


def test_external_data_is_for_files_that_hold_weights(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    torch = "export", mlp, "--to", "torch", "--external-data"
    check_refused(
        netspec(*torch, "-o", tmp_path / "a.py"), "those of torch are sources"
    )
    check_refused(
        netspec("export", mlp, "--to", "onnx", "--external-data"), "give -o too"
    )
    assert os.listdir(tmp_path) == ["mlp.yaml"]


def test_a_spec_is_not_overwritten_by_the_weights(
    netspec: Command, mlp: Path, tmp_path: Path
) -> None:
    spec = tmp_path / "a.onnx.data"
    mlp.rename(spec)
    before = spec.read_bytes()
    to = "--to", "onnx", "-o", tmp_path / "a.onnx", "--external-data"
    assert netspec("export", spec, *to).code == 2
    assert spec.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.onnx.data"]
