"""A safetensors file stands wherever a spec does, and brings its weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import netspec as ns
from netspec.conformance import conform
from netspec.conformance.report import Report
from netspec.contract import Array
from netspec.importing import Imported, load_names
from netspec.signals import probe
from tests.command import Command, check_refused
from tests.conformance.wrapped import Wrapped

SPEC = ns.Spec("trained", (4,), [ns.Dense(5), ns.BatchNorm(), ns.Tanh(), ns.Dense(2)])
PARAMS = {path: 2 * array + 0.5 for path, array in ns.init_params(SPEC, 3).items()}
NAMES = {path: f"model.{path}" for path in PARAMS}


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.safetensors"
    Imported(SPEC, PARAMS, NAMES).save(path)
    return path


def test_it_is_loaded_as_a_spec(net: Path, tmp_path: Path) -> None:
    assert ns.load(net) == SPEC
    other = net.rename(tmp_path / "of_another_name")
    assert ns.load(other) == SPEC


def test_show_and_init(netspec: Command, net: Path, tmp_path: Path) -> None:
    SPEC.save(tmp_path / "net.yaml")
    assert netspec("show", net) == netspec("show", tmp_path / "net.yaml")
    assert netspec("init", net, "-o", tmp_path / "new").code == 0
    assert ns.load_params(tmp_path / "new")[0] == SPEC
    check_refused(netspec("init", net, "-o", net), "is the same file as")


def test_an_export_has_the_weights(netspec: Command, net: Path, tmp_path: Path) -> None:
    before = net.stat().st_mtime_ns
    code, out, err = netspec("export", net, "--to", "jax", "-o", net.with_suffix(".py"))
    assert (code, out) == (0, "")
    assert 'load_weights(net, "net.safetensors")' in err
    assert net.stat().st_mtime_ns == before
    folder = tmp_path / "folder"
    assert netspec("export", net, "--to", "all", "-o", folder).code == 0
    copied = folder / "net.safetensors"
    assert load_names(copied) == NAMES
    found = ns.load_params(copied, SPEC)[1]
    assert all(np.array_equal(found[path], array) for path, array in PARAMS.items())


def test_an_export_that_is_printed_has_none(netspec: Command, net: Path) -> None:
    code, out, _ = netspec("export", net, "--to", "torch")
    assert code == 0
    assert "load_weights" not in out
    assert netspec("export", net, "--to", "torch", "--side-by-side").code == 0


def test_conform_compares_with_the_weights_too(
    netspec: Command, net: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.json"
    given = ("--backend", "torch", "--check", "outputs", "--check", "trained")
    assert netspec("conform", net, *given, "--json", page).code == 0
    report = Report.from_json(page.read_text())
    seen = {(row.check, row.dtype) for row in report.rows}
    assert ("outputs", "float32") in seen
    trained = [row for row in report.rows if row.check == "trained"]
    assert {row.spec for row in trained} == {"trained"}
    assert {row.dtype for row in trained} == {"float32", "float64"}
    told = {row.what for row in trained}
    assert told >= {f"{m}: output" for m in ("evaluation", "training")}
    assert told >= {"training: grad 0.weight", "training: state 1.running_var"}


class OnlyTrained(Wrapped):
    """Is wrong for the weights of the file alone."""

    def compile(self, spec: ns.Spec, **how: Any) -> Any:
        given = how.get("params") or {}
        bias = given.get("3.bias")
        if bias is not None and np.array_equal(bias, PARAMS["3.bias"]):
            how["params"] = {**given, "3.bias": bias + 1}
        return self.inner.compile(spec, **how)


def test_what_is_wrong_with_these_weights_alone_is_seen(net: Path) -> None:
    wrong = OnlyTrained("torch")
    checks = ["outputs", "gradients", "trained"]
    assert conform(SPEC, wrong, "float64", checks).passed
    report = conform(SPEC, wrong, "float64", checks, weights={"trained": net})
    assert {row.check for row in report.bad} == {"trained"}
    assert f"weights={str(net)!r}" in report.divergences[0].script


def test_weights_of_what_is_not_compared(net: Path) -> None:
    with pytest.raises(ns.NetspecError, match="weights of no spec: 'other'; known:"):
        conform(SPEC, "numpy", weights={"other": net})


def labels(report: str) -> list[str]:
    return [one["init"] for one in json.loads(report)["propagations"]]


def test_probe_follows_the_weights(netspec: Command, net: Path) -> None:
    code, out, _ = netspec("probe", net, "--json", "--init", "he", "--init", "spec")
    assert code == 0
    assert labels(out) == ["trained", "he", "spec"]
    assert labels(netspec("probe", net, "--json").out) == ["trained"]
    moments = [
        probe(SPEC, weights=given).propagations["trained"].rows[0].output.std
        for given in (PARAMS, {path: 3 * array for path, array in PARAMS.items()})
    ]
    assert moments[1] == pytest.approx(3 * moments[0], rel=1e-5)


def _infinite(path: Path) -> None:
    held: dict[str, Array] = {**PARAMS, "3.bias": np.array([1, np.inf], np.float32)}
    save_file(held, path, {"netspec": SPEC.to_json()})


def test_weights_that_no_model_has(netspec: Command, tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    _infinite(path)
    assert netspec("show", path).code == 0
    for arguments in (
        ("export", path, "--to", "torch", "-o", tmp_path / "out.py"),
        ("conform", path, "--backend", "torch"),
        ("probe", path),
    ):
        check_refused(netspec(*arguments), f"{path}: not finite: 3.bias[1] (inf)")


BAD: dict[str, tuple[bytes, str]] = {
    "a.safetensors": (b"", "not a whole safetensors file"),
    "b.safetensors": (b"\x10" + bytes(7) + b"{", "not a whole safetensors file"),
    "liar": (b"\xff\xff\xff\x7f\x00\x00\x00\x00{}", "not a whole safetensors file"),
    "c.pth": (b"PK\x03\x04" + bytes(20), "holds no spec: it is a zip, as PyTorch's"),
    "c.onnx": (b"\x08\x07\x12\x07pytorch", "holds no spec: it is a model of ONNX"),
    "c.params": ((0x112).to_bytes(8, "little"), "holds no spec: it is MXNet's"),
}


@pytest.mark.parametrize("name", BAD)
def test_damaged_and_foreign_files(netspec: Command, tmp_path: Path, name: str) -> None:
    content, said = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    for arguments in (
        ("show", path),
        ("export", path, "--to", "torch", "-o", tmp_path / "out.py"),
        ("conform", path, "--backend", "numpy"),
        ("probe", path),
    ):
        check_refused(netspec(*arguments), f"{path}: {said}")
    assert not (tmp_path / "out.py").exists()


def test_arrays_without_a_spec(netspec: Command, tmp_path: Path) -> None:
    save_file({"w": np.zeros(3, np.float32)}, tmp_path / "a.safetensors")
    check_refused(netspec("show", tmp_path / "a.safetensors"), "holds no spec, so net")
