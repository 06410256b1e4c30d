"""What a release says of itself: one version, a README that stands alone, an sdist that
can be tested.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SVGS = sorted((ROOT / "docs").glob("*.svg"))


def test_the_version_is_the_same_everywhere() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    newest = re.search(
        r"^## (\d\S*) - (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert newest
    assert newest.groups() == (cited["version"], str(cited["date-released"]))
    assert cited["version"] == PROJECT["version"]
    assert cited["license"] == PROJECT["license"]


def test_a_classifier_names_each_python_that_is_tested() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    tested = workflow["jobs"]["linux"]["strategy"]["matrix"]["python"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert named == tested
    assert PROJECT["requires-python"] == f">={tested[0]}"


@pytest.mark.parametrize("path", SVGS, ids=lambda path: path.stem)
def test_a_picture_stands_alone_and_says_what_it_is(path: Path) -> None:
    root = ET.fromstring(path.read_text())
    assert root.get("aria-label")
    assert "http" not in path.read_text().replace("http://www.w3.org/2000/svg", "")


def test_there_are_a_logo_for_light_and_dark_and_a_badge() -> None:
    assert {"logo-dark", "logo-light", "proved"} <= {path.stem for path in SVGS}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]
    where = [str(folder), str(ROOT)]
    done = subprocess.run(
        [*command, *where], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def unpacked(packages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    (sdist,) = (path for path in packages if path.name.endswith(".tar.gz"))
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.mark.slow
def test_twine_finds_nothing(packages: list[Path]) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, packages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("PASSED") == len(packages) == 2


@pytest.mark.slow
def test_the_description_of_the_package_leads_to_no_file(unpacked: Path) -> None:
    description = (unpacked / "PKG-INFO").read_text().partition("\n\n")[2]
    targets = re.findall(r"\]\(([^)]+)\)", description)
    assert "# netspec" in description
    assert [t for t in targets if not t.startswith(("http", "#"))] == []


@pytest.mark.slow
def test_the_sdist_holds_the_tree_and_no_cache(unpacked: Path) -> None:
    found = {path.relative_to(unpacked) for path in unpacked.rglob("*")}
    made = re.compile(r"_cache$|__pycache__|\.pyc$|\.egg-info$|^\.venv$")
    assert [p for p in found if made.search(p.name)] == []
    for room in ("netspec", "backends", "tests", "examples", "benchmarks", "docs"):
        tree = {p.relative_to(ROOT) for p in (ROOT / room).rglob("*.py")}
        assert tree <= found, room
    assert {path.name for path in unpacked.iterdir()} >= {"Makefile", "constraints.txt"}


@pytest.mark.slow
def test_the_tests_of_the_sdist_run_from_it(unpacked: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    some = [
        "tests/declare/test_chains.py",
        "tests/test_readme.py::test_every_path_in_the_map_exists",
    ]
    done = subprocess.run(
        [*command, *some],
        cwd=unpacked,
        env={"PATH": "", "PYTHONPATH": f"{unpacked}:{unpacked / 'backends'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
