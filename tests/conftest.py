"""Settings that every test shares."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.command import Command, runner

# Read when NumPy and PyTorch are first imported. Test workers share the cores, and
# BLAS threads that wait for each other make small matrices a hundred times slower.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

settings.register_profile(
    "netspec", derandomize=True, deadline=None, max_examples=50, print_blob=False
)
settings.load_profile("netspec")


@pytest.fixture
def netspec(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in this process: code, stdout and stderr."""
    return runner(capsys)
