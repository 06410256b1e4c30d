"""Settings that every test shares."""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from tests.command import Command, runner
from tests.xla import quick_flags

# Read when NumPy and PyTorch are first imported. Test workers share the cores, and
# BLAS threads that wait for each other make small matrices a hundred times slower.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# Read when XLA first compiles: not in pieces for several cores, and with as little work
# as it can. tests/conformance/test_backends.py says who compiles as users do.
flags = os.environ.get("XLA_FLAGS", "").split()
os.environ["XLA_FLAGS"] = " ".join(dict.fromkeys([*flags, *quick_flags()]))

settings.register_profile(
    "netspec", derandomize=True, deadline=None, max_examples=50, print_blob=False
)
settings.load_profile("netspec")


def pytest_configure(config: pytest.Config) -> None:
    """Let XLA compile each program once, for all workers and what they start."""
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        folder = TemporaryDirectory(prefix="netspec-")
        config.add_cleanup(folder.cleanup)
        os.environ["JAX_COMPILATION_CACHE_DIR"] = folder.name
        os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
        os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"


def pytest_sessionstart() -> None:
    """Name a layer that is not exported; most tests would fail while it is imported."""
    from tests.exports import unexported  # imports NumPy

    if found := unexported():
        raise pytest.UsageError("\n".join(found))


@pytest.fixture
def netspec(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in this process: code, stdout and stderr."""
    return runner(capsys)
