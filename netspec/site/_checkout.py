"""What the site needs beside the package: a checkout, and the extra ``site``."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from netspec.errors import NetspecError

ROOT = Path(__file__).parents[2]
LESSONS = ROOT / "examples/lessons"


def check_ready() -> None:
    """Check that all is there that pages are made from.

    Raises:
        NetspecError: netspec is no checkout, or the extra is missing.
    """
    if not (LESSONS / "README.md").is_file():
        raise NetspecError(
            f"the site shows the lessons of a checkout, and {LESSONS} has none; get the"
            " sources, then: make site"
        )
    if not find_spec("pygments"):
        raise NetspecError('the site needs Pygments; run: pip install "netspec[site]"')
