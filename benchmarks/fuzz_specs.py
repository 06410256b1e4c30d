"""A random spec in `netspec fuzz`, two modes with gradients in float64, against the two
subjects of `conform` that judge the same: CPU seconds of this process.

The backend's part is what its `compile` and `step` take, the reference's all the rest.
In JAX `conform` compiles as users do; a replay finds its programs in JAX's cache.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import netspec
from benchmarks.report import Row
from benchmarks.timing import Times, ratio
from netspec.conformance import Subject, UnsupportedError
from netspec.contract import Backend, Step
from netspec.fuzzing import draw_spec, trial
from netspec.spec import Spec

ROUNDS = {"torch": (20, 20), "jax": (20, 4)}  # and specs in each
GOALS = {"torch": 0.5, "jax": 190 / 815}
REPLAY = 120 / 815
CACHE = {
    "jax_persistent_cache_min_compile_time_secs": 0,
    "jax_persistent_cache_min_entry_size_bytes": -1,
}


class Timed:
    """A backend that adds up the CPU seconds of its own part."""

    def __init__(self, inner: Backend) -> None:
        self.inner, self.name, self.seconds = inner, inner.name, 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def compile(self, spec: Spec, **how: Any) -> Any:
        return self._timed(lambda: self.inner.compile(spec, **how))

    def step(self, *given: Any, **how: Any) -> Step:
        step: Step = self._timed(lambda: self.inner.step(*given, **how))
        return step

    def _timed(self, call: Callable[[], Any]) -> Any:
        start = time.process_time()
        try:
            return call()
        finally:
            self.seconds += time.process_time() - start


def judged(spec: Spec, backend: Any) -> None:
    """Judge both modes by the whole rule, as `conform` does."""
    subject = Subject(backend, spec, "float64")
    for train in (False, True):
        try:
            subject.agreement(train)
        except UnsupportedError:
            return


def tried(spec: Spec, backend: Any) -> None:
    """Judge both modes as `fuzz` does."""
    trial(spec, backend)


def measured(name: str) -> Times:
    """Measure both, in turns; seconds of the backend, and of the rest."""
    backend = Timed(netspec.backend(name))
    cases = {"judged": judged, "tried": tried}
    for number in range(3):
        for case in cases.values():
            case(draw_spec(1, number), backend)
    times: Times = {}
    rounds, size = ROUNDS[name]
    for turn in range(rounds):
        specs = [draw_spec(0, turn * size + index) for index in range(size)]
        order = [*cases] if turn % 2 else [*cases][::-1]
        for how in order:
            backend.seconds, start = 0.0, time.process_time()
            for spec in specs:
                cases[how](spec, backend)
            spent = time.process_time() - start
            times.setdefault(how, []).append(backend.seconds)
            times.setdefault(f"{how}, reference", []).append(spent - backend.seconds)
        if name == "jax":
            with _cached():
                for seen in ("cold", "replayed"):
                    backend.seconds = 0.0
                    for spec in specs:
                        tried(spec, backend)
                    times.setdefault(seen, []).append(backend.seconds)
    return times


@contextmanager
def _cached() -> Iterator[None]:
    """Let JAX keep programs on disk."""
    import jax
    from jax.experimental.compilation_cache import compilation_cache

    with TemporaryDirectory() as folder:
        for option, value in {**CACHE, "jax_compilation_cache_dir": folder}.items():
            jax.config.update(option, value)
        compilation_cache.reset_cache()
        try:
            yield
        finally:
            jax.config.update("jax_compilation_cache_dir", None)
            compilation_cache.reset_cache()


def rows() -> Iterator[Row]:
    """Measure PyTorch and JAX."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    for name, goal in GOALS.items():
        times = measured(name)
        yield Row(f"{name}, the backend's part", ratio(times, "tried", "judged"), goal)
        if name == "jax":
            again = ratio(times, "replayed", "judged")
            yield Row("jax, the backend's part, replayed", again, REPLAY)
        else:
            part = ratio(times, "tried, reference", "judged, reference")
            yield Row("the reference's part", part, 0.5)
