"""`source`: the exported file, run where netspec cannot be imported, gives the same
bits as the built model.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from netspec.conformance._subject import Subject, UnsupportedError
from netspec.conformance.checks._base import Findings
from netspec.conformance.checks._exported import Seen, run_exported
from netspec.conformance.judging import decided, failed
from netspec.contract import Array, Observer
from netspec.errors import BackendError
from netspec.spec import DTYPES, Spec, save_params

SEEDS = 2**31  # that every framework takes


def source(subject: Subject) -> Findings:
    """Check that an exported file with its weights computes what the model does, to 0
    ULP: given a seed, its Dropouts zero the values that those of the model zero.
    """
    observer = subject.ability("observer")
    if subject.device:
        raise UnsupportedError("an exported file runs where its framework puts it")
    built = _built(subject)
    backend: Any = subject.backend  # hashable, which no protocol can say
    runs = _exported(backend, observer, subject.spec, subject.seed)
    seen = runs[subject.dtype]
    if isinstance(seen, str):
        yield "runs without netspec", failed(seen)
        return
    for name, array in built.items():
        received = seen.get(name)
        same = received is not None and np.array_equal(array, received, equal_nan=True)
        yield name, decided(same, _difference(array, received))


def _built(subject: Subject) -> Seen:
    """Compute with the model itself what the observer sees in an exported file."""
    backend, case, spec = subject.backend, subject.case(train=True), subject.spec
    model, seed = subject.compile(params=case.params), subject.seed % SEEDS
    before = backend.forward(model, spec, case.x)
    step = backend.step(model, spec, case.x, case.cotangent, train=True, seed=seed)
    moved = backend.load_params(model, spec, {**case.params, **step.state})
    after = backend.forward(moved, spec, case.x)
    found = {"evaluation": before, "training": step.output, "afterwards": after}
    return found if step.grad_input is None else found | {"gradient": step.grad_input}


@lru_cache(maxsize=8)
def _exported(
    backend: Any, observer: Observer, spec: Spec, seed: int
) -> dict[str, Seen | str]:
    """Run the files of both dtypes in one process; return the results, or
    why there are none.
    """
    with TemporaryDirectory() as folder:
        stems = {dtype: Path(folder, dtype) for dtype in DTYPES}
        refused = {}
        for dtype, stem in stems.items():
            try:
                _write(Subject(backend, spec, dtype, seed), stem)
            except BackendError as error:
                refused[dtype] = str(error)
        return run_exported(observer, Path(folder)) | refused


def _write(subject: Subject, stem: Path) -> None:
    case, spec, seed = subject.case(train=True), subject.spec, subject.seed % SEEDS
    text = subject.backend.source(spec, dtype=subject.dtype, weights=True)
    stem.with_suffix(".py").write_text(text, encoding="utf-8")
    save_params(stem.with_suffix(".safetensors"), spec, case.params)
    np.savez(stem.with_suffix(".npz"), x=case.x, cotangent=case.cotangent, seed=seed)


def _difference(built: Array, exported: Array | None) -> str:
    if exported is None:
        return "the exported file gives no such array"
    if built.shape != exported.shape or built.dtype != exported.dtype:
        return (
            f"{exported.dtype} {exported.shape}, the built model gives"
            f" {built.dtype} {built.shape}"
        )
    largest = np.max(np.abs(built - exported), initial=0)
    return f"off by up to {largest:.3g} from what the built model gives"
