"""The names of others that the guide refers to exist, and where they are documented."""

from __future__ import annotations

import pkgutil
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

FILES = sorted(
    (Path(__file__).parents[2] / "docs" / "guide" / "inventories").glob("*.inv")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_inventory_names_what_exists(path: Path) -> None:
    listed = InventoryFile.loads(path.read_bytes(), uri="https://x").data
    assert listed
    for kind, named in listed.items():
        for name, item in named.items():
            value = pkgutil.resolve_name(name)
            assert isinstance(value, type) == (kind == "py:class"), name
            assert item.uri.startswith("https://x/")
            assert item.uri.endswith(f".html#{name}")


def test_every_inventory_is_used_and_every_one_used_is_there() -> None:
    conf = (FILES[0].parents[1] / "conf.py").read_text(encoding="utf-8")
    for path in FILES:
        assert f'"{path.stem}": "https://' in conf
    assert conf.count('": "https://') == len(FILES)
