"""The laws here are the same for every backend that is installed."""

from __future__ import annotations

import pytest

import netspec
from netspec.contract import Backend

NAMES = [n for n in ("torch", "gluon", "jax") if netspec.backends()[n].installed]


@pytest.fixture(params=NAMES, scope="module")
def backend(request: pytest.FixtureRequest) -> Backend:
    """One after the other."""
    return netspec.backend(request.param)
