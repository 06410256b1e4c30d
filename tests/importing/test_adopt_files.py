"""Files of weights: every kind is read or named, none runs code, none is half read."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from netspec import adopt
from netspec.contract import Array
from netspec.importing import adopted
from tests.importing.symbol_files import write_params
from tests.importing.weights import COUNTER, NAMES, PARAMS, SPEC, refusal, renamed, same


def _safetensors(path: Path, arrays: dict[str, Array]) -> None:
    save_file(arrays, path)


def _numpy(path: Path, arrays: dict[str, Array]) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _mxnet(path: Path, arrays: dict[str, Array]) -> None:
    write_params(path, {name: np.atleast_1d(a) for name, a in arrays.items()})


def _torch(path: Path, arrays: dict[str, Array], **how: Any) -> None:
    torch = pytest.importorskip("torch")
    held = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    torch.save(held, path, **how)


def _old_torch(path: Path, arrays: dict[str, Array]) -> None:
    _torch(path, arrays, _use_new_zipfile_serialization=False)


def _checkpoint(path: Path, arrays: dict[str, Array]) -> None:
    torch = pytest.importorskip("torch")
    held = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    torch.save({"epoch": 3, "state_dict": held}, path)


FILES = [_safetensors, _numpy, _mxnet, _torch, _old_torch, _checkpoint]


@pytest.mark.parametrize("write", FILES)
def test_every_file_of_the_same_names(
    write: Callable[[Path, dict[str, Array]], None], tmp_path: Path
) -> None:
    path = tmp_path / "weights"
    write(path, {**PARAMS, **COUNTER})
    found = adopt(SPEC, path)
    assert same(found)
    assert all(array.flags.writeable for array in found.values())
    assert same(adopt(SPEC, str(path)))


@pytest.mark.parametrize("write", FILES)
def test_every_file_of_names_that_are_given(
    write: Callable[[Path, dict[str, Array]], None], tmp_path: Path
) -> None:
    path = tmp_path / "weights"
    write(path, {**renamed(), "extra.weight": np.zeros(3, np.float32)})
    found = adopted(SPEC, path, NAMES)
    assert same(found.params)
    assert dict(found.names) == NAMES
    assert found.unused == ("extra.weight",)
    assert not found.proposed


class Evil:
    """Writes a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (open, (str(self.path), "w"))


def test_no_file_runs_code(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    held, path = {"0.weight": Evil(tmp_path / "ran")}, tmp_path / "evil"
    path.write_bytes(pickle.dumps(held))
    assert "without running code of its own" in refusal(path)
    torch.save(held, path)
    assert "without running code of its own" in refusal(path)
    with path.open("wb") as file:
        np.savez(file, x=np.array(held, object))
    assert "Object arrays cannot be loaded" in refusal(path)
    assert not (tmp_path / "ran").exists()


FOREIGN = {
    b"\x89HDF\r\n\x1a\n": "it is HDF5, as Keras writes; read it by h5py",
    b"\x93NUMPY\x01\0": "it is one array",
    b"\x08\x07\x12\x07pytorch": "it is a model of ONNX; read it by onnx.load(path)",
    b"\x83\xa6params": "flax.serialization.msgpack_restore",
    b"GGUF\x03\0\0\0": "gguf.GGUFReader",
    b"\x1f\x8b\x08\0": "unpack it by gunzip",
    b"version https://git-lfs.github.com/spec/v1\n": "run git lfs pull",
    b"<!DOCTYPE html><html>": "it is a web page; download it again",
    b"\xff" * 9: "not a whole safetensors file",
    b"PK\x03\x04": "is no whole zip",
    struct.pack("<QQQ", 0x112, 0, 99): "for which it is too short",
}


@pytest.mark.parametrize("head", FOREIGN)
def test_files_of_others_say_what_to_run(head: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(head + bytes(20))
    said = refusal(path)
    assert FOREIGN[head] in said
    assert said.startswith(str(path))


def test_a_zip_of_others_is_named_by_what_it_holds(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as held:
        held.writestr("model.weights.h5", b"")
    assert "is a zip of 'model.weights.h5'" in refusal(tmp_path / "a.keras")


@pytest.mark.parametrize("write", FILES)
def test_files_that_end_early(
    write: Callable[[Path, dict[str, Array]], None], tmp_path: Path
) -> None:
    path = tmp_path / "weights"
    write(path, PARAMS)
    path.write_bytes(path.read_bytes()[:-90])
    assert str(path) in refusal(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "none: cannot be read: No such file" in refusal(tmp_path / "none")
