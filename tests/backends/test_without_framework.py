"""Source where the framework is not installed: it is the same, and needs none."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.blocked import texts

PACKAGES = {
    "flax": "flax,jax,jaxlib",
    "gluon": "mxnet",
    "jax": "jax,jaxlib",
    "torch": "torch",
}
ROOT = Path(__file__).parents[2]


@cache
def without(name: str) -> dict[str, str]:
    """What a process gives that cannot import the framework."""
    command = [sys.executable, "-m", "tests.blocked", name, PACKAGES[name]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", PACKAGES)
def test_every_layer_is_written_without_its_framework(name: str) -> None:
    assert without(name) == texts(name)
