"""Every layer of ours is registered, and exported by the list of its family.

Nothing here imports what uses layers, and could not be imported without one.
"""

from __future__ import annotations

from importlib import import_module

import pytest

import netspec
from netspec import layers
from netspec.declare import declare
from netspec.layers import LAYERS, Layer
from tests.architecture.imports import imports_of, modules, text_of

KINDS = [
    LAYERS[name] for name in LAYERS if LAYERS[name].__module__.startswith("netspec.")
]


def file_of(kind: type[Layer]) -> str:
    return "netspec/layers/" + kind.__module__.rpartition(".")[2] + ".py"


def missing_export(kind: type[Layer]) -> str:
    name, file = kind.__name__, file_of(kind)
    if name not in getattr(import_module(kind.__module__), "__all__", ()):
        return f"is not exported: add it to __all__ in {file}"
    if all(getattr(room, name, None) is kind for room in (netspec, layers)):
        return "" if name in netspec.__all__ else "is not in netspec.__all__"
    return f"is not exported: import all of {file} in netspec/layers/_families.py"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_layer_is_exported(kind: type[Layer]) -> None:
    missing = missing_export(kind)
    assert not missing, f"{kind.__name__} {missing}"


@declare
class Half(Layer):
    """A layer that nobody registered."""


def test_a_missing_export_is_named() -> None:
    said = "is not exported: add it to __all__ in netspec/layers/test_exports.py"
    assert missing_export(Half) == said


def test_every_family_is_imported() -> None:
    """A file of layers that nobody imports would be missed by all else here."""
    front = "netspec.layers._families"
    imported = {found.module for found in imports_of(front) if found.name == "*"}
    families = {
        module
        for module in modules()
        if module.startswith("netspec.layers._") and "\n@layer\n" in text_of(module)
    }
    missing = [f"from {module} import *" for module in families - imported]
    assert not missing, f"add to netspec/layers/_families.py: {missing}"


def test_what_a_family_exports_is_registered() -> None:
    families = {kind.__module__ for kind in KINDS}
    exported = {
        getattr(module, name)
        for module in map(import_module, sorted(families))
        for name in module.__all__
    }
    missing = {kind.__name__ for kind in exported} - set(LAYERS)
    assert not missing, f"decorate with @layer: {missing}"
