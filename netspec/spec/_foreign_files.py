"""Files of other frameworks, known by how they begin; nothing in them is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TORCH = (
    "model.load_state_dict(torch.load(path, weights_only=True)) into a model of"
    " netspec.compile(spec, 'torch')"
)
GLUON = "model.load_parameters(path) into a model of netspec.compile(spec, 'gluon')"
THEN = "save_params what netspec.backend({0!r}).params(model, spec) returns"

# What a file is, and what to do, by its first bytes
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (
        b"PK\x03\x04",
        "it is a zip, as PyTorch's torch.save and NumPy's savez write; if it is"
        f" PyTorch's, {TORCH}, and {THEN.format('torch')}",
    ),
    (
        b"\x80",
        "it is a pickle, as old versions of PyTorch write; if you trust it,"
        f" {TORCH}, and {THEN.format('torch')}",
    ),
    (
        (0x112).to_bytes(8, "little"),
        f"it is MXNet's; {GLUON}, and {THEN.format('gluon')}",
    ),
    (b"\x89HDF", "it is HDF5, as Keras writes; give its arrays to save_params"),
)


def recognize(name: str) -> str:
    """Say what a file is that is no safetensors file, and how its arrays become one;
    nothing if that is not known.
    """
    with open(name, "rb") as file:
        head = file.read(8)
    return next((said for begin, said in BEGINNINGS if head.startswith(begin)), "")


def is_symbol(document: Mapping[str, Any]) -> bool:
    """Tell whether a document is the graph that MXNet exports as JSON."""
    return {"nodes", "arg_nodes", "heads"} <= document.keys()
