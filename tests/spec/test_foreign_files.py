"""Trained weights of other programs: what fits is read, what does not says how."""

from __future__ import annotations

import json
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import netspec as ns
from netspec import ParameterError, Spec, SpecError, init_params, load_params
from tests.command import Command, check_refused

SPEC = Spec("small", (4,), [ns.Dense(3), ns.BatchNorm(), ns.Dense(2)])
COUNTER = {"1.num_batches_tracked": np.array(7)}


def state_dict() -> dict[str, Any]:
    """As PyTorch has it after seven steps."""
    return {**init_params(SPEC, 0), **COUNTER}


def test_what_pytorch_counts_is_left_out() -> None:
    model = ns.compile(SPEC, "numpy", params=state_dict())
    found = ns.backend("numpy").params(model, SPEC)
    assert found.keys() == SPEC.parameters().keys()
    for name in ("0.num_batches_tracked", "num_batches_tracked", "1.num"):
        with pytest.raises(ParameterError, match=f"unknown: {name};"):
            ns.compile(SPEC, "numpy", params={**state_dict(), name: np.array(7)})


def test_a_file_without_a_spec_is_read_with_it(
    netspec: Command, tmp_path: Path
) -> None:
    path, document = tmp_path / "net.safetensors", tmp_path / "net.yaml"
    save_file(state_dict(), path)
    with pytest.raises(ParameterError, match=r"netspec.load_params\(path, spec\)"):
        load_params(path)
    found, params = load_params(path, SPEC)
    assert found == SPEC
    for name, array in init_params(SPEC, 0).items():
        assert np.array_equal(params[name], array)
    SPEC.save(document)
    given = ("--to", "torch", "--weights", path, "-o", tmp_path / "out.py")
    assert netspec("export", document, *given).code == 0
    assert load_params(tmp_path / "out.safetensors")[0] == SPEC


def test_a_file_that_does_not_fit_the_spec_is_refused(tmp_path: Path) -> None:
    save_file(init_params(SPEC, 0), tmp_path / "net")
    other = Spec("other", (4,), [ns.Dense(3)])
    with pytest.raises(ParameterError, match="not the parameters of 'other': unknown"):
        load_params(tmp_path / "net", other)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04" + bytes(60), "which netspec.adopt(spec, path) reads"),
        (pickle.dumps({"weight": 1}), "it is a pickle"),
        (struct.pack("<QQQ", 0x112, 0, 0), "it is MXNet's, which netspec.adopt"),
        (b"\x89HDF\r\n\x1a\n" + bytes(60), "it is HDF5"),
    ],
)
def test_files_of_others_say_what_to_do(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "weights").write_bytes(content)
    with pytest.raises(ParameterError) as caught:
        load_params(tmp_path / "weights")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_graph_of_mxnet_is_no_spec(netspec: Command, tmp_path: Path) -> None:
    graph: dict[str, Any] = {"nodes": [], "arg_nodes": [], "heads": [], "attrs": {}}
    path = tmp_path / "net-symbol.json"
    path.write_text(json.dumps(graph))
    check_refused(netspec("show", path), "it is a graph that MXNet exported")
    with pytest.raises(SpecError, match="format version"):
        Spec.from_dict({"nodes": []})
