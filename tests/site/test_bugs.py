"""Bugs planted in the site: its checks see each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.site import files
from tests.site.browser import Browser
from tests.site.bugs import IN_BROWSER, IN_FILES, Bug


def planted(bugs: dict[Any, tuple[Bug, ...]]) -> list[Any]:
    return [
        pytest.param(check, bug, id=f"{check.__name__}: {bug.name}")
        for check, of in bugs.items()
        for bug in of
    ]


def test_every_check_of_files_has_a_bug() -> None:
    assert set(IN_FILES) == set(files.CHECKS)


@pytest.mark.parametrize(("check", "bug"), planted(IN_FILES))
def test_a_bug_in_a_file_is_seen(
    check: files.Check, bug: Bug, read: files.Site
) -> None:
    assert [*check(read, bug.page)] == []
    pages = {**read.pages, bug.page: bug.planted(read.pages[bug.page])}
    assert next(check(read._replace(pages=pages), bug.page), None)


@pytest.mark.slow
@pytest.mark.parametrize(("check", "bug"), planted(IN_BROWSER))
def test_a_bug_in_the_browser_is_seen(
    check: Any, bug: Bug, read: files.Site, shown: Browser, tmp_path: Path
) -> None:
    page = tmp_path / bug.page
    page.parent.mkdir(parents=True)
    page.write_text(bug.planted(read.pages[bug.page]), "utf-8")
    assert next(check(shown, page), None)
    shown.messages()  # those that are left belong to no other page
