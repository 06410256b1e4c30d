"""Backends registered as a package of a stranger's registers them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def register(folder: Path, backends: Mapping[str, str]) -> None:
    """Make a package that registers backends; its folder belongs on the path.

    Args:
        folder: where to make it.
        backends: from names to objects, such as ``"mine": "module:object"``.
    """
    info = folder / "hostile-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0")
    points = [f"{name} = {value}" for name, value in backends.items()]
    (info / "entry_points.txt").write_text("\n".join(["[netspec.backends]", *points]))
