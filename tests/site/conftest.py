"""The site, built once for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netspec.site import build
from tests.site import files
from tests.site.browser import Browser, browser


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was built from recordings."""
    folder = tmp_path_factory.mktemp("built") / "site"
    build(folder)
    return folder


@pytest.fixture(scope="session")
def read(site: Path) -> files.Site:
    return files.read(site)


@pytest.fixture(scope="session")
def shown() -> Iterator[Browser]:
    with browser() as driven:
        yield driven
