"""The guide has a place for every public name."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
MODULES = (
    "netspec",
    "netspec.certificates",
    "netspec.conformance",
    "netspec.contract",
    "netspec.declare",
    "netspec.differences",
    "netspec.importing",
    "netspec.program",
    "netspec.reference",
    "netspec.signals",
    "netspec.spec",
)


@pytest.fixture
def guide(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give the module that reads lists of names, as `make docs` does."""
    monkeypatch.syspath_prepend(str(GUIDE))
    return import_module("building.names")


def listed(guide: Any) -> dict[str, Any]:
    """Every name that a page lists, with what it is."""
    pages = [page.read_text(encoding="utf-8") for page in GUIDE.rglob("*.md")]
    found = {}
    for page in pages:
        for module, lines in guide.FENCE.findall(page):
            for line in filter(None, lines.splitlines()):
                name = line.partition(": ")[0]
                full = f"{module}.{name}"
                assert full not in found, f"{full} stands on two pages, or twice"
                found[full] = getattr(import_module(module), name)
    return found


def public(module: str) -> dict[str, Any]:
    """What a room gives: of `netspec` what it says, of others what they re-export."""
    room = import_module(module)
    if names := getattr(room, "__all__", None):
        return {name: getattr(room, name) for name in names}
    return {
        name: value
        for name, value in vars(room).items()
        if not (name.startswith("_") or inspect.ismodule(value))
    }


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_stands_on_a_page(module: str, guide: Any) -> None:
    found = listed(guide)
    elsewhere = {id(value) for value in found.values()}  # under another module
    missing = [
        name
        for name, value in public(module).items()
        if f"{module}.{name}" not in found and id(value) not in elsewhere
    ]
    assert missing == [], f"list them on a page of docs/guide/api: {missing}"


def test_the_kit_stands_on_a_page(guide: Any) -> None:
    assert "netspec.conformance.kit.BackendConformance" in listed(guide)


def test_a_value_without_its_meaning_is_refused(guide: Any) -> None:
    with pytest.raises(ValueError, match=r"write `name: what it is`"):
        guide.text("netspec.signals", "BAND")
    with pytest.raises(AttributeError):
        guide.text("netspec", "Denes")
