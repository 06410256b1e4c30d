"""The backends against the reference. In one file, so that they share what takes the
reference longest: whole runs of training.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import netspec
from netspec.conformance import Unit
from netspec.conformance.kit import BackendConformance
from netspec.contract import Array, Step
from netspec.spec import Spec
from tests.conformance.wrapped import Wrapped

# What XLA does where nothing says otherwise
DEFAULTS: dict[str, bool | int | str] = {
    "xla_backend_optimization_level": 3,
    "xla_cpu_use_fusion_emitters": True,
    "xla_llvm_disable_expensive_passes": False,
    "xla_cpu_parallel_codegen_split_count": 32,
}


class AsUsersDo(Wrapped):
    """JAX as users compile it, in float32, which is its default, whatever the
    environment of the tests says, but where a check asks it to be quick.
    """

    def __init__(self) -> None:
        from netspec_jax import JaxBackend, quick_to_compile

        super().__init__("jax")
        self.name = "jax"
        known = quick_to_compile()  # by this JAX
        options = {name: DEFAULTS[name] for name in known}
        self._users: Any = JaxBackend(options)
        self._quick = False
        self._dtype = "float32"

    @contextmanager
    def quick(self) -> Iterator[None]:
        self._quick = True
        try:
            yield
        finally:
            self._quick = False

    @property
    def _runs(self) -> Any:
        quick = self._quick or self._dtype != "float32"
        return self.inner if quick else self._users

    def compile(self, spec: Spec, *, dtype: str = "float32", **first: Any) -> Any:
        self._dtype = dtype
        return self.inner.compile(spec, dtype=dtype, **first)

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        y: Array = self._runs.forward(model, spec, x, **how)
        return y

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step: Step = self._runs.step(model, spec, *given, **how)
        return step

    def train(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Any:
        return self._runs.train(model, spec, *given, **how)


class Decided(BackendConformance):
    """Of our own backends nothing may be left undecided, but what they refuse."""

    def test_agrees(self, unit: Unit | str, request: pytest.FixtureRequest) -> None:
        try:
            super().test_agrees(unit, request)
        finally:
            for _, counts in dict(request.node.user_properties).values():
                assert "inconclusive" not in counts, counts


class TestTorch(Decided):
    backend = "torch"


class TestGluon(Decided):
    """What Gluon cannot have is refused with a reason, and so skipped;
    tests/backends/gluon/test_compile.py lists exactly that.
    """

    backend = "gluon"


class TestONNX(Decided):
    """Evaluation alone: nothing but outputs, weights and errors is compared."""

    backend = "onnx"


class TestJAX(Decided):
    backend = AsUsersDo() if netspec.backends()["jax"].installed else "jax"


class TestFlax(Decided):
    backend = "flax"
