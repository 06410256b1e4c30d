"""Files as MXNet writes them, of every version, written by hand."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from netspec.contract import Array

VERSIONS = {1: 0xF993FAC8, 2: 0xF993FAC9, 3: 0xF993FACA}
CODES = {"float32": 0, "float64": 1, "float16": 2, "int64": 6}


def write_params(path: Path, arrays: Mapping[str, Array], version: int = 2) -> Path:
    """The file of arrays of a version; 0 is that before there were any."""
    parts = [struct.pack("<QQQ", 0x112, 0, len(arrays))]
    for array in arrays.values():
        parts += [_head(array, version), struct.pack("<ii", 1, 0)]
        parts += [struct.pack("<i", CODES[array.dtype.name]), array.tobytes()]
    parts.append(struct.pack("<Q", len(arrays)))
    for name in arrays:
        parts += [struct.pack("<Q", len(name)), name.encode()]
    path.write_bytes(b"".join(parts))
    return path


def _head(array: Array, version: int) -> bytes:
    if version == 0:
        return struct.pack(f"<I{array.ndim}I", array.ndim, *array.shape)
    storage = struct.pack("<i", 0) if version > 1 else b""
    sizes = struct.pack(f"<I{array.ndim}q", array.ndim, *array.shape)
    return struct.pack("<I", VERSIONS[version]) + storage + sizes


class Graph:
    """Nodes of a symbol file, one after another.

    Attributes:
        arrays: parameters by name.
    """

    def __init__(self, dialect: str = "attrs") -> None:
        self.dialect = dialect
        self.nodes: list[dict[str, Any]] = []
        self.arrays: dict[str, Array] = {}
        self.last = self.variable("data")

    def variable(self, name: str, array: Array | None = None) -> int:
        self.nodes.append({"op": "null", "name": name, "inputs": []})
        if array is not None:
            self.arrays[name] = array
        return len(self.nodes) - 1

    def add(self, op: str, *inputs: int, name: str = "", **attributes: Any) -> int:
        """A node that reads these, or the last one."""
        read = [[one, 0, 0] for one in inputs or (self.last,)]
        texts = {key: str(value) for key, value in attributes.items()}
        name = name or f"{op.lower()}{len(self.nodes)}"
        node = {"op": op, "name": name, "inputs": read, self.dialect: texts}
        self.nodes.append(node)
        self.last = len(self.nodes) - 1
        return self.last

    def dense(self, units: int, size: int, **attributes: Any) -> int:
        """A FullyConnected with a weight and a bias."""
        data, place = self.last, len(self.nodes)
        weight = np.linspace(-1, 1, units * size, dtype=np.float32)
        read = (
            data,
            self.variable(f"fc{place}_weight", weight.reshape(units, size)),
            self.variable(f"fc{place}_bias", np.arange(units, dtype=np.float32)),
        )
        return self.add("FullyConnected", *read, num_hidden=units, **attributes)

    def batch_norm(self, size: int, gamma: float = 1.0, **attributes: Any) -> int:
        """A BatchNorm with all of its arrays."""
        data, place = self.last, len(self.nodes)
        values = {"gamma": gamma, "beta": 0.5, "moving_mean": 0.25, "moving_var": 4.0}
        read = [
            self.variable(f"bn{place}_{name}", np.full(size, value, np.float32))
            for name, value in values.items()
        ]
        return self.add("BatchNorm", data, *read, name=f"bn{place}", **attributes)

    def document(self) -> dict[str, Any]:
        args = [i for i, node in enumerate(self.nodes) if node["op"] == "null"]
        heads = [[self.last, 0, 0]]
        return {"nodes": self.nodes, "arg_nodes": args, "heads": heads}

    def write(self, folder: Path, version: int = 2) -> tuple[Path, Path]:
        """Both files."""
        symbol = folder / "net-symbol.json"
        symbol.write_text(json.dumps(self.document()))
        named = {
            f"{'aux' if 'moving' in name else 'arg'}:{name}": array
            for name, array in self.arrays.items()
        }
        return symbol, write_params(folder / "net-0000.params", named, version)
