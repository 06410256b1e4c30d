"""Exported files beside what `compile` makes of the same specs: the weights that they
draw, a training step, and what comes after it.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import netspec
from netspec.conformance.checks import Seen
from netspec.contract import Array, Backend
from netspec.errors import BackendError
from netspec.spec import Spec

SEED = 7


class Export(NamedTuple):
    """A spec in a dtype, as a file of the folder of its backend."""

    backend: str
    spec: Spec
    dtype: str
    file: str
    weights: bool = False


def draw_inputs(spec: Spec, dtype: str) -> tuple[Array, Array]:
    """A batch and a cotangent."""
    random = np.random.default_rng(0)
    shape = (5, *spec.input_shape)
    cotangent = random.normal(size=(5, *spec.output_shape)).astype(dtype)
    if spec.input_dtype == "int":
        return random.integers(0, 3, shape), cotangent
    return random.normal(size=shape).astype(dtype), cotangent


def write(exports: Iterable[Export], folder: Path) -> Path:
    """The folder with files and inputs, but for what a backend refuses."""
    for name, spec, dtype, file, weights in exports:
        try:
            text = netspec.backend(name).source(spec, dtype=dtype, weights=weights)
        except BackendError:
            continue
        (folder / f"{file}.py").write_text(text)
        x, cotangent = draw_inputs(spec, dtype)
        np.savez(folder / f"{file}.npz", x=x, cotangent=cotangent, seed=SEED)
    return folder


def ours(backend: Backend, spec: Spec, dtype: str) -> Seen:
    """What the observer sees of what the backend makes itself."""
    if backend.name == "jax":
        model = backend.compile(spec, seed=0, dtype=dtype)
        return look(backend, {"init": model.init, "apply": model.apply}, spec, dtype)
    made = {
        "build": lambda: backend.compile(spec, dtype=dtype),
        "initialize": lambda net: None,
    }
    return look(backend, made, spec, dtype)


def look(backend: Any, module: dict[str, Any], spec: Spec, dtype: str) -> Seen:
    """What the observer sees of what running a file left behind, in this process."""
    observe = runpy.run_path(str(backend.observer.script))["observe"]
    seen: Seen = observe(module, None, *draw_inputs(spec, dtype), SEED)
    return seen


def different(ours: Seen, theirs: Seen) -> list[str]:
    """The names of what is not the same to the last bit."""
    assert list(ours) == list(theirs)
    return [name for name in ours if ours[name].tobytes() != theirs[name].tobytes()]
