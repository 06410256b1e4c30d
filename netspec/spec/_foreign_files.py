"""Files of other frameworks, known by how they begin; nothing in them is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ADOPT = "netspec.adopt(spec, path)"
GIVE = "netspec.adopt(spec, {name: array, ...})"

# What a file is, and what to do, by its first bytes
BEGINNINGS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    (
        (b"PK\x03\x04",),
        "it is a zip, as PyTorch's torch.save and NumPy's savez write, which"
        f" {ADOPT} reads",
    ),
    (
        (b"\x80",),
        "it is a pickle, as old versions of PyTorch write; if it holds arrays alone,"
        f" {ADOPT} reads it",
    ),
    (((0x112).to_bytes(8, "little"),), f"it is MXNet's, which {ADOPT} reads"),
    (
        (b"\x89HDF",),
        "it is HDF5, as Keras writes; read it by h5py.File(path) and give its arrays,"
        f" kernels with the output first, by {GIVE}",
    ),
    (
        (b"\x93NUMPY",),
        f"it is one array, as NumPy's save writes; give it by {GIVE}",
    ),
    (
        tuple(bytes((8, version, 0x12)) for version in range(1, 32)),
        "it is a model of ONNX; read it by onnx.load(path) and give the arrays of its"
        f" initializers, onnx.numpy_helper.to_array(one), by {GIVE}",
    ),
    (
        tuple(bytes((size,)) for size in range(0x81, 0x90)),
        "it is msgpack, as Flax writes; read it by flax.serialization.msgpack_restore"
        f" and give its arrays, kernels with the output first, by {GIVE}",
    ),
    (
        (b"GGUF",),
        "it is GGUF, as llama.cpp writes; read it by gguf.GGUFReader(path) and give its"
        f" arrays by {GIVE}",
    ),
    ((b"\x1f\x8b",), "it is compressed; unpack it by gunzip"),
    ((b"version https://git-lfs",), "it is a pointer of Git LFS; run git lfs pull"),
    ((b"<!DOCTYPE", b"<!doctype", b"<html"), "it is a web page; download it again"),
)
LONGEST = 24  # bytes by which a file is known


def recognize(name: str) -> str:
    """Say what a file is that is no safetensors file, and how its arrays become one;
    nothing if that is not known.
    """
    with open(name, "rb") as file:
        head = file.read(LONGEST)
    return next((said for begins, said in BEGINNINGS if head.startswith(begins)), "")


def is_symbol(document: Mapping[str, Any]) -> bool:
    """Tell whether a document is the graph that MXNet exports as JSON."""
    return {"nodes", "arg_nodes", "heads"} <= document.keys()
