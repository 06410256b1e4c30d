"""axe-core, which finds what keeps people out of a page, from the registry of npm."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.site.browser import OPEN, Browser

PACKAGE = "axe-core@4.14.1"
GRAVE = ("serious", "critical")
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then(
  found => done(found.violations.map(v => [v.impact, v.id, v.help, v.nodes[0].html])),
  error => done([["critical", "axe", String(error), ""]]));
"""


def findings(shown: Browser, page: Path) -> Iterator[str]:
    """Say what axe finds serious on a page, with the first place of each."""
    for width, scheme in ((390, "light"), (1280, "dark")):
        shown.open(page.as_uri(), width=width, scheme=scheme)
        shown.run(OPEN)
        shown.run(_script())
        for impact, rule, asked, html in shown.driver.execute_async_script(RUN):
            if impact in GRAVE:
                yield f"{page.name}, {width} pixels, {scheme}: {rule}: {asked}: {html}"


@cache
def _script() -> str:
    """Return the text of axe-core; fetch it once for this user, outside of the tree."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    kept = Path(home, "netspec", f"{PACKAGE}.js")
    if not kept.is_file():
        _fetch(kept)
    return kept.read_text("utf-8")


def _fetch(kept: Path) -> None:
    if not (npm := shutil.which("npm")):
        pytest.skip("npm, which fetches axe-core, is not installed")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=kept.parent) as folder:
        command = [npm, "pack", PACKAGE, "--loglevel=error", "--fetch-retries=0"]
        command += ["--fetch-timeout=30000", "--pack-destination", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm did not fetch {PACKAGE}: {done.stderr.strip()[-200:]}")
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            archive.extract("package/axe.min.js", folder, filter="data")
        Path(folder, "package/axe.min.js").replace(kept)
