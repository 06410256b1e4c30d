"""Settings that every test shares."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.command import Command, runner
from tests.xla import folder_of_programs, quick_flags

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
    """Let XLA compile each program once: for all workers, for what they start, and for
    later runs, which find it where pytest keeps what it knows.
    """
    config.option.loadscopereorder = False  # pytest-xdist takes files in our order
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder_of_programs(config))
        os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
        os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while frameworks are imported and tests listed."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker waits for another that
    has one of them last.
    """
    cost: Counter[Path] = Counter()
    for item in items:
        cost[item.path] += 50 if item.get_closest_marker("slow") else 1
    items.sort(key=lambda item: -cost[item.path])


def pytest_sessionstart() -> None:
    """Name a layer that is not exported; most tests would fail while it is imported."""
    from tests.exports import unexported  # imports NumPy

    if found := unexported():
        raise pytest.UsageError("\n".join(found))


@pytest.fixture
def netspec(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line in this process: code, stdout and stderr."""
    return runner(capsys)
