"""`source`: the exported file, run where netspec cannot be imported, gives the same
bits as the built model.

Last bits may depend on what a process ran before. So where they differ, the built model
runs again, in a process as new as that of the file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from netspec.conformance._reproduce import setting
from netspec.conformance._subject import Subject, UnsupportedError
from netspec.conformance.checks import _built as script_of_built
from netspec.conformance.checks._base import Findings
from netspec.conformance.checks._built import Seen, built
from netspec.conformance.checks._exported import run_exported
from netspec.conformance.judging import Verdict, decided, failed, norm
from netspec.contract import Array, Backend, Observer
from netspec.errors import BackendError
from netspec.spec import DTYPES, Spec, save_params

SEEDS = 2**31  # that every framework takes
HISTORY = (
    "in last bits that depend on what the process ran before: in a new process the"
    " built model gives those of the file"
)


def source(subject: Subject) -> Findings:
    """Check that an exported file with its weights computes what the model does, to 0
    ULP: given a seed, its Dropouts zero the values that those of the model zero.
    """
    observer = subject.ability("observer")
    if subject.device:
        raise UnsupportedError("an exported file runs where its framework puts it")
    with observer.alike():
        here = _built(subject)
    seen = _exported(subject.backend, observer, subject.spec, subject.seed)
    exported = seen[subject.dtype]
    if isinstance(exported, str):
        yield "runs without netspec", failed(exported)
        return
    for name, array in here.items():
        yield name, _compared(subject, observer, name, array, exported.get(name))


def _compared(
    subject: Subject,
    observer: Observer,
    name: str,
    here: Array,
    exported: Array | None,
) -> Verdict:
    if exported is not None and np.array_equal(here, exported, equal_nan=True):
        return decided(True, "")
    difference = _difference(here, exported)
    if exported is None or not _is_rounding(subject, name, here, exported):
        return failed(difference)
    new = _built_anew(subject.backend, observer, subject.spec, subject.seed)
    anew = new.get(subject.dtype)
    if isinstance(anew, str) or anew is None:
        return failed(f"{difference}; it could not run again in a new process: {anew}")
    if np.array_equal(anew[name], exported, equal_nan=True):
        return Verdict("pass", 0.0, 0.0, f"{difference}, {HISTORY}")
    return failed(f"{difference}, in a new process, too")


def _is_rounding(subject: Subject, name: str, here: Array, exported: Array) -> bool:
    """Tell whether rounding could explain how far two results are apart."""
    if here.shape != exported.shape or here.dtype != exported.dtype:
        return False
    tensor = "grad_input" if name == "gradient" else "output"
    forecast = subject.forecast(train=name in ("training", "gradient"))
    expected = forecast.tensors[tensor]
    share = 2 * expected.allowed / (expected.norm or 1.0)  # each may be that far off
    return norm(here - exported) <= share * norm(here)


def _built(subject: Subject) -> Seen:
    """Compute with the model itself what the observer sees in an exported file."""
    case, seed = subject.case(train=True), subject.seed % SEEDS
    numbers = case.params, case.x, case.cotangent
    return built(subject.backend, subject.spec, subject.dtype, *numbers, seed)


Write = Callable[[Subject], str]


@lru_cache(maxsize=8)
def _exported(
    backend: Backend, observer: Observer, spec: Spec, seed: int
) -> dict[str, Seen | str]:
    """Run the files of both dtypes in one process; return the results, or
    why there are none.
    """
    return _run(
        *(backend, spec, seed, observer),
        lambda subject: subject.backend.source(
            subject.spec, dtype=subject.dtype, weights=True
        ),
    )


@lru_cache(maxsize=8)
def _built_anew(
    backend: Backend, observer: Observer, spec: Spec, seed: int
) -> dict[str, Seen | str]:
    """Build and run the models of both dtypes in one new process, as the files are."""
    script = Observer(Path(script_of_built.__file__), observer.environment)
    return _run(
        *(backend, spec, seed, script),
        lambda subject: f"{setting(subject)}\ndtype = {subject.dtype!r}\n",
        tuple(sys.path),
    )


def _run(
    backend: Backend,
    spec: Spec,
    seed: int,
    observer: Observer,
    text: Write,
    path: tuple[str, ...] = (),
) -> dict[str, Seen | str]:
    with TemporaryDirectory() as folder:
        stems = {dtype: Path(folder, dtype) for dtype in DTYPES}
        refused = {}
        for dtype, stem in stems.items():
            try:
                _write(Subject(backend, spec, dtype, seed), stem, text)
            except BackendError as error:
                refused[dtype] = str(error)
        return run_exported(observer, Path(folder), path) | refused


def _write(subject: Subject, stem: Path, text: Write) -> None:
    case, seed = subject.case(train=True), subject.seed % SEEDS
    stem.with_suffix(".py").write_text(text(subject), encoding="utf-8")
    save_params(stem.with_suffix(".safetensors"), subject.spec, case.params)
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
