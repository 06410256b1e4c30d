"""The rooms of the house: their order, what is private in them, and no way round."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import netspec
from tests.architecture.imports import (
    ROOT,
    all_imports,
    imports_of,
    is_package,
    modules,
    package_of,
    text_of,
    uses,
)

# A room uses those above it and none below
ORDER = (
    "netspec.errors",
    "netspec._system",
    "netspec.declare",
    "netspec.init",
    "netspec.layers",
    "netspec.spec",
    "netspec.program",
    "netspec.contract",
    "netspec.reference",
    "netspec.differences",
    "netspec.html",
    "netspec.pytest_plugin",
    "netspec.conformance",
    "netspec.fuzzing",
    "netspec.signals",
    "netspec.importing",
    "netspec.certificates",
    "netspec.site",
    "netspec.cli",
    "netspec.__main__",
    "netspec",
)

FRAMEWORKS = {
    "netspec_torch": {"torch"},
    "netspec_gluon": {"mxnet"},
    "netspec_jax": {"jax", "optax"},
    "netspec_flax": {"flax", "jax", "optax"},
    "netspec_onnx": {"onnx", "onnxruntime"},
    "netspec_keras": {"keras", "jax", "torch"},
    "": {"jaxlib", "tensorflow"},
}

# Flax computes with JAX's engine, and so stands on that backend; Keras on PyTorch is
# Keras in another process
STANDS_ON = {
    "netspec_flax": {"netspec_jax"},
    "netspec_keras_torch": {"netspec_keras"},
}


def room(module: str) -> str:
    """The stratum of a module of netspec."""
    return ".".join(module.split(".")[:2])


def test_a_room_uses_only_those_above_it() -> None:
    upward = [
        f"{found.importer}:{found.line} uses {found.module}"
        for found in all_imports()
        if found.importer.startswith("netspec.") and found.module.startswith("netspec")
        if ORDER.index(room(found.module)) > ORDER.index(room(found.importer))
        if (room(found.importer), found.module) != ("netspec.cli", "netspec")
    ]
    assert not upward, "\n".join(upward)


def test_every_room_has_its_place_in_the_order() -> None:
    found = {
        room(module) for module in modules() if module.partition(".")[0] == "netspec"
    }
    assert found == set(ORDER)


def test_nothing_imports_in_a_circle_not_even_late_or_for_types() -> None:
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for found in all_imports():
        # the packages around a module are on their way while it is imported
        if not f"{found.importer}.".startswith(f"{found.module}."):
            graph[found.importer].add(found.module)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None


def test_private_modules_are_imported_by_their_own_room_alone() -> None:
    front_door = {("netspec", "netspec.layers._families")}
    strangers = [
        f"{found.importer}:{found.line} imports {found.module}"
        for found in all_imports()
        if is_private(found.module)
        and not within(found.importer, found.module.rpartition(".")[0])
        and (found.importer, found.module) not in front_door
    ]
    assert not strangers, "\n".join(strangers)


def is_private(module: str) -> bool:
    parent, _, name = module.rpartition(".")
    return name.startswith("_") and parent != "netspec"


def within(module: str, package: str) -> bool:
    return f"{package_of(module)}.".startswith(f"{package}.")


def test_at_the_top_lie_only_the_front_door_errors_and_the_pytest_plugin() -> None:
    files = {path.name for path in (ROOT / "netspec").glob("*.py")}
    assert files == {"__init__.py", "__main__.py", "errors.py", "pytest_plugin.py"}


def test_no_function_hides_a_module() -> None:
    for name in netspec.__all__:
        if f"netspec.{name}" in modules():
            assert getattr(netspec, name).__name__ == f"netspec.{name}"
    for package in filter(is_package, modules()):
        taken = {found.name for found in imports_of(package) if found.name}
        hidden = {name for name in taken if f"{package}.{name}" in modules()}
        assert not hidden, f"{package} hides {hidden}"


def test_netspec_imports_no_backend_and_no_framework() -> None:
    for module in modules():
        owner = module.partition(".")[0]
        found = uses(text_of(module), module, package_of(module))
        tops = {one.module.partition(".")[0] for one in found}
        frameworks = tops & set().union(*FRAMEWORKS.values())
        assert frameworks <= FRAMEWORKS.get(owner, set()), module
        allowed = {"netspec", owner} | STANDS_ON.get(owner, set())
        assert {top for top in tops if top.startswith("netspec")} <= allowed


def test_what_begins_with_an_underscore_stays_in_its_room() -> None:
    strangers = [
        found
        for found in all_imports()
        if found.name.startswith("_") and room(found.importer) != room(found.module)
    ]
    assert not strangers
    system = {f.importer for f in all_imports() if room(f.module) == "netspec._system"}
    assert {module.partition(".")[0] for module in system} == {"netspec"}


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import netspec.layers._dense", "netspec.layers._dense"),
        ("from netspec.layers import _dense", "netspec.layers._dense"),
        ("from netspec.layers._dense import Dense", "netspec.layers._dense"),
        ("from ..layers import _dense", "netspec.layers._dense"),
        ("from ..layers._dense import *", "netspec.layers._dense"),
        ("import netspec\nnetspec.layers._dense.Dense", "netspec.layers._dense"),
        ("import netspec.cli as c\nc._init.init", "netspec.cli._init"),
        ("from netspec import layers as L\nL._dense", "netspec.layers._dense"),
        ("def late():\n    import netspec.cli._init", "netspec.cli._init"),
        ("import_module('netspec.layers._dense')", "netspec.layers._dense"),
        ("if TYPE_CHECKING:\n    import netspec.cli", "netspec.cli"),
        ("import torch.nn", "torch.nn"),
        ("from torch import nn", "torch"),
    ],
)
def test_a_module_that_is_used_is_found(source: str, module: str) -> None:
    found = uses(source, "netspec.spec._spec", "netspec.spec")
    assert module in {one.module for one in found}


def test_the_reference_shares_nothing_with_the_lowerings() -> None:
    """What defines a meaning must not be built from what is judged by it, nor the other
    way round. A reader of models may ask what a layer means: its work is compared.
    """
    apart = "netspec.program"
    for found in all_imports():
        if found.importer.startswith("netspec.reference"):
            assert not found.module.startswith(apart), found
        owner, _, inside = found.importer.partition(".")
        judged = owner not in ("netspec", "netspec_numpy")
        if judged and not inside.startswith("importing."):
            assert not found.module.startswith("netspec.reference"), found
            assert not found.module.startswith("netspec_numpy"), found


def test_no_file_is_long() -> None:
    folders = ("netspec", "backends", "tests", "examples", "benchmarks")
    files = (path for folder in folders for path in Path(ROOT, folder).rglob("*.py"))
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    assert not [str(path) for path, length in lengths.items() if length > 300]


def test_docstrings_can_be_read_alone() -> None:
    folders = ("netspec", "backends", "tests", "examples", "benchmarks")
    files = (path for folder in folders for path in Path(ROOT, folder).rglob("*.py"))
    beginning = '"""The ' + "same"
    assert not [str(path) for path in files if beginning in path.read_text("utf-8")]
