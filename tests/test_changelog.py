"""The changelog: what it says of names that have moved is true."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

CHANGELOG = (Path(__file__).parents[1] / "CHANGELOG.md").read_text()
NEWEST = CHANGELOG.partition("\n## 0.2.0 ")[2].partition("\n## ")[0]
MOVED = re.findall(r"^\| (`netspec.*`) \| (`netspec.*`) \|$", NEWEST, re.MULTILINE)


def names(cell: str) -> list[str]:
    """`a.b.C`, `D` names a.b.C and a.b.D."""
    first, *rest = re.findall("`([^`]+)`", cell)
    module = first.rpartition(".")[0]
    return [first, *(f"{module}.{name}" for name in rest)]


@pytest.mark.parametrize(("before", "now"), MOVED)
def test_what_moved_is_where_it_should_be(before: str, now: str) -> None:
    assert len(names(before)) == len(names(now))
    for name in names(now):
        module, _, attribute = name.rpartition(".")
        pytest.importorskip(module.partition(".")[0])
        assert hasattr(import_module(module), attribute), name
        assert not any(part.startswith("_") for part in name.split(".")), name
