"""What a layer is stands on the layer: nobody else asks for its class."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from netspec.layers import LAYERS
from tests.architecture.imports import modules, tree

LAYERS_ROOM = "netspec.layers"

# Where layers are declared, computed and lowered
ALLOWED = {"layers", "support"}

# Modules that may list classes of layers, and why
EXCEPTIONS: dict[str, str] = {}


def names_of_layers() -> set[str]:
    return {name for name in LAYERS if LAYERS[name].__module__.startswith("netspec.")}


def mentions(module: str) -> Iterator[str]:
    """Each place where a class of a layer is named without being called."""
    known = names_of_layers()
    constructed = {
        id(node.func) for node in ast.walk(tree(module)) if isinstance(node, ast.Call)
    }
    aliases = _aliases(module)
    for node in ast.walk(tree(module)):
        if id(node) in constructed:
            continue
        if isinstance(node, ast.Name) and node.id in aliases & known:
            yield f"{module}:{node.lineno} {node.id}"
        elif (
            isinstance(node, ast.Attribute)
            and node.attr in known
            and isinstance(node.value, ast.Name)
            and node.value.id in aliases
        ):
            yield f"{module}:{node.lineno} {node.attr}"


def _aliases(module: str) -> set[str]:
    """Names under which a module holds classes of layers, or the rooms with them."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module in ("netspec", LAYERS_ROOM):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {
                alias.asname or alias.name.partition(".")[0]
                for alias in node.names
                if alias.name in ("netspec", LAYERS_ROOM)
            }
    return found


def outside() -> list[str]:
    return [
        module
        for module in modules()
        if not ALLOWED & set(module.split(".")) and not is_front_door(module)
    ]


def is_front_door(module: str) -> bool:
    """Whether a module only passes names on."""
    return modules()[module].name == "__init__.py"


@pytest.mark.parametrize("module", outside())
def test_no_list_about_layers_outside_layers(module: str) -> None:
    found = [] if module in EXCEPTIONS else list(mentions(module))
    assert not found, "state it as a fact on the layer: " + ", ".join(found)


def test_an_exception_is_needed() -> None:
    assert all(list(mentions(module)) for module in EXCEPTIONS)
