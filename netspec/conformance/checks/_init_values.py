"""`init_values`: portable weights are the same bits in every framework."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netspec.conformance._subject import Subject
from netspec.conformance.checks._base import Findings
from netspec.conformance.judging import Verdict, decided
from netspec.contract import Array
from netspec.spec import init_params


def init_values(subject: Subject) -> Findings:
    """Check that weights drawn from a seed, given, and loaded come back bit by bit."""
    backend, spec = subject.backend, subject.spec
    drawn = init_params(spec, subject.seed, subject.dtype)
    # parameters that always start as 0 or 1, such as running statistics, change too
    other = {path: np.asarray(values + 1) for path, values in drawn.items()}
    seeded = subject.compile(seed=subject.seed)
    yield "drawn from a seed", _same(backend.params(seeded, spec), drawn)
    given = subject.compile(params=drawn)
    yield "given at compilation", _same(backend.params(given, spec), drawn)
    loaded = backend.load_params(given, spec, other)
    yield "loaded into a model", _same(backend.params(loaded, spec), other)


def _same(received: Mapping[str, Array], expected: Mapping[str, Array]) -> Verdict:
    if set(received) != set(expected):
        names = ", ".join(sorted(set(received) ^ set(expected)))
        return decided(False, f"on one side only: {names}")
    other = [path for path in expected if not _equal(received[path], expected[path])]
    return decided(not other, f"other bits: {', '.join(other)}")


def _equal(a: Array, b: Array) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
