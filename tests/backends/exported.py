"""Exported files beside what `compile` makes of the same specs, through the eyes of an
observer; there is one for each backend in `observers`.
"""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

import netspec
from netspec.contract import Array, Backend
from netspec.errors import BackendError
from netspec.spec import Spec

HERE = Path(__file__).parent

Seen = dict[str, Array]


class Export(NamedTuple):
    """A spec in a dtype, as a file of the folder of its backend."""

    backend: str
    spec: Spec
    dtype: str
    file: str
    weights: bool = False


def observer_of(backend: str) -> Path:
    return HERE / "observers" / f"{backend}.py"


def draw_input(spec: Spec, dtype: str) -> Array:
    random = np.random.default_rng(0)
    shape = (5, *spec.input_shape)
    if spec.input_dtype == "int":
        return random.integers(0, 3, shape)
    return random.normal(size=shape).astype(dtype)


def write(exports: Iterable[Export], folder: Path) -> Path:
    """The folder with files and inputs, but for what a backend refuses."""
    for name, spec, dtype, file, weights in exports:
        backend = netspec.backend(name)
        try:
            text = backend.source(spec, dtype=dtype, weights=weights)
        except BackendError:
            continue
        (folder / f"{file}.py").write_text(text)
        np.save(folder / f"{file}.npy", draw_input(spec, dtype))
    return folder


def run(observer: Path, folder: Path) -> Path:
    """The folder after all its files ran in one clean interpreter."""
    command = [sys.executable, "-I", str(HERE / "clean.py"), str(observer), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def ours(observer: Path, backend: Backend, spec: Spec, dtype: str) -> Seen:
    """What the observer sees of what the backend makes itself."""
    look = runpy.run_path(str(observer))
    made = look["of_backend"](backend, spec, dtype)
    seen: Seen = look["observe"](made, draw_input(spec, dtype))
    return seen


def theirs(observer: Path, path: Path, x: Array) -> Seen:
    """What it sees of a file that runs in this process."""
    look = runpy.run_path(str(observer))
    seen: Seen = look["observe"](look["of_file"](runpy.run_path(str(path))), x)
    return seen


def different(ours: Seen, theirs: Seen) -> list[str]:
    """The names of what is not the same to the last bit."""
    assert list(ours) == list(theirs)
    return [name for name in ours if ours[name].tobytes() != theirs[name].tobytes()]
