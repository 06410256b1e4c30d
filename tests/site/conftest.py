"""The site, built once for all tests of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.site import build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was built from recordings."""
    folder = tmp_path_factory.mktemp("built") / "site"
    build(folder)
    return folder
