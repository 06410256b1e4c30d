"""The exported file: what it makes is what `compile` makes, to the last bit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nets
import netspec
from netspec import layers as nl
from netspec.conformance.checks import Seen, run_exported
from netspec.contract import Backend
from netspec.errors import BackendError
from netspec.spec import Spec
from tests.backends.conftest import NAMES
from tests.backends.exported import Export, different, ours, write
from tests.backends.models import specs

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


NARROW = (
    nets.lenet(),
    nets.vgg11((3, 32, 32), 10, 1 / 8),
    nets.nin((1, 67, 67), 10, 1 / 8),
    nets.googlenet((3, 33, 35), 10, 1 / 8),
    nets.resnet18((3, 33, 35), 10, 1 / 8),
    nets.resnet18_v2((3, 33, 35), 10, 1 / 8),
    nets.densenet121((3, 33, 35), 10, 1 / 8),
    nets.mobilenet((3, 33, 35), 10, 1 / 8),
)


def models(backend: str) -> Iterator[tuple[Spec, str]]:
    yield from ((spec, "float32") for spec in specs())
    if backend == "torch":
        yield from ((net, "float32") for net in NARROW)
    if backend != "jax":  # dtypes are arguments there
        yield from ((spec, "float64") for spec in specs())
        return
    # Nothing is compiled there, so whole nets are soon done
    for net in (nets.lenet(), nets.nin(), nets.resnet18(), nets.mobilenet()):
        yield net, "float32"
    yield nets.vgg11((3, 32, 32), 10, 1 / 8), "float32"
    yield nets.googlenet(), "float32"


EXPORTS = [
    Export(name, spec, dtype, f"net{i}", weights=i % 2 == 0)
    for name in NAMES
    for i, (spec, dtype) in enumerate(models(name))
]

Folder = Callable[[str], Path]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """By backend, a folder of exported files."""

    @cache
    def of(backend: str) -> Path:
        made = (export for export in EXPORTS if export.backend == backend)
        return write(made, tmp_path_factory.mktemp(backend))

    return of


Saw = Callable[[str], dict[str, Seen | str]]


@pytest.fixture(scope="module")
def saw(folder: Folder) -> Saw:
    """By backend, what its files gave in one process that cannot import netspec."""

    @cache
    def of(name: str) -> dict[str, Seen | str]:
        backend: Any = netspec.backend(name)
        return run_exported(backend.observer, folder(name))

    return of


@pytest.mark.parametrize(
    "export", EXPORTS, ids=lambda e: f"{e.backend} {e.spec.name} {e.dtype}"
)
def test_file_makes_the_same_bits(export: Export, saw: Saw) -> None:
    name, spec, dtype, file, _ = export
    backend, theirs = netspec.backend(name), saw(name).get(file)
    if theirs is None:
        with pytest.raises(BackendError):
            backend.compile(spec, dtype=dtype)
        return
    assert not isinstance(theirs, str), theirs
    seen = ours(backend, spec, dtype)
    assert different(seen, theirs) == []
    floats = [array for array in seen.values() if array.dtype.kind == "f"]
    assert all(np.isfinite(array).all() for array in floats)
    if spec.parameters():
        assert {array.dtype for array in floats} <= {np.dtype(dtype)}


OURS = ["--config", str(PYPROJECT)]


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--isolated"],
        ["check", *OURS, "--ignore", "D401"],  # the text that a file carries is frozen
        ["format", "--diff", "--isolated"],
        ["format", "--diff", *OURS],
    ],
)
def test_ruff_accepts_every_file(
    backend: Backend, folder: Folder, command: list[str]
) -> None:
    files = str(folder(backend.name))
    ruff = [sys.executable, "-m", "ruff", *command, files]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_unknown_dtype_is_refused(backend: Backend) -> None:
    with pytest.raises(BackendError, match="dtype must be"):
        backend.source(Spec("mlp", (4,), [nl.Dense(3)]), dtype="float16")
