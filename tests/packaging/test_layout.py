"""One folder, one entry point, one extra: that is a backend."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BACKENDS = ROOT / "backends"
FOLDERS = sorted(folder.name for folder in BACKENDS.glob("netspec_*/"))


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return dict(document["project"])


def test_every_folder_has_an_entry_point_and_every_entry_point_a_folder(
    project: dict[str, Any],
) -> None:
    points = project["entry-points"]["netspec.backends"].values()
    modules = [point.partition(":")[0] for point in points]
    assert sorted(modules) == FOLDERS


def test_every_extra_that_an_entry_point_names_installs_that_package(
    project: dict[str, Any],
) -> None:
    extras = project["optional-dependencies"]
    for name, point in project["entry-points"]["netspec.backends"].items():
        _, bracket, rest = point.partition("[")
        if bracket:
            extra = rest.rstrip("]")
            assert any(need.startswith(extra) for need in extras[extra]), name


def test_backends_is_a_source_root_and_no_package() -> None:
    # With it, type checkers take the folder for a package named `backends`
    assert not (BACKENDS / "__init__.py").exists()


@pytest.mark.parametrize("package", ["netspec", *(f"backends/{f}" for f in FOLDERS)])
def test_every_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_constraints_pin_every_direct_dependency(project: dict[str, Any]) -> None:
    pinned = {
        line.partition("==")[0].lower()
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if not line.startswith("#")
    }
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["torch"], *extras["dev"]]
    names = {need.partition(">")[0].partition("=")[0].lower() for need in needed}
    assert names <= pinned
