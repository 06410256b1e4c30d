"""Layers of ours that are declared but not registered, or not exported.

What uses such a layer cannot be imported, so it is looked for before any test is
collected.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import netspec
from netspec import layers
from netspec.layers import LAYERS, Layer

ROOM = "netspec.layers"
FAMILIES = "netspec/layers/_families.py"


def unexported() -> list[str]:
    """Say what is missing, and where."""
    kinds = [LAYERS[name] for name in LAYERS]
    ours = [kind for kind in kinds if kind.__module__.startswith(f"{ROOM}.")]
    modules = sorted({kind.__module__ for kind in ours})
    return [
        *unimported(Path(next(iter(layers.__path__)))),
        *(said for kind in ours for said in unlisted(kind)),
        *(said for module in modules for said in unregistered(module)),
    ]


def unimported(folder: Path) -> Iterator[str]:
    """Say which files of a folder declare layers but are not imported."""
    for path in sorted(folder.glob("_*.py")):
        module = f"{ROOM}.{path.stem}"
        declares = "\n@layer\n" in path.read_text(encoding="utf-8")
        if declares and module not in sys.modules:
            yield f"nobody imports {module}: add it to {FAMILIES}"


def unlisted(kind: type[Layer]) -> Iterator[str]:
    """Say what keeps a layer from being exported, if anything does."""
    name, module = kind.__name__, kind.__module__
    if name not in getattr(import_module(module), "__all__", ()):
        yield f"{name} is not exported: add it to __all__ in {_file(module)}"
    elif not all(getattr(room, name, None) is kind for room in (netspec, layers)):
        yield f"{name} is not exported: add all of {module} to {FAMILIES}"


def unregistered(module: str) -> Iterator[str]:
    """Say which names a module exports that are no layers."""
    for name in getattr(import_module(module), "__all__", ()):
        if name not in LAYERS:
            yield f"{name} is not registered: add @layer to it in {_file(module)}"


def _file(module: str) -> str:
    return module.replace(".", "/") + ".py"
