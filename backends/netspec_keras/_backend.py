"""Keras as a backend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from netspec.contract import (
    Array,
    Arrays,
    GuardedBackend,
    GuardedListing,
    GuardedTracing,
    GuardedTraining,
    Mode,
    Numerics,
    Observer,
    Step,
    Trace,
    Trained,
    Training,
)
from netspec.declare import FrozenDict
from netspec.errors import BackendError, shorten
from netspec.program.render import Listing
from netspec.spec import Spec
from netspec_keras._engine import VARIABLE, need
from netspec_keras._listing import listing
from netspec_keras._passes import Pass
from netspec_keras._program import make
from netspec_keras._seeds import drawing_from
from netspec_keras._source import source
from netspec_keras._variables import check_names, fill, to_arrays


class KerasBackend(
    GuardedBackend[Any], GuardedListing, GuardedTracing, GuardedTraining
):
    """Specs as `keras.Sequential`, or as a `keras.Model` of Keras's functional API
    where layers have several inputs or share variables, in float32.

    Its float64 is not one: normalizations, means and tanh are computed in float32. The
    names of layers are their canonical paths, with ``-`` for dots. Without `params` and
    `seed` a model is what the exported file makes; Python's ``random.seed`` decides.

    Nothing here changes a model, except `load_params`, which returns the same object,
    and `train`, which may train it in place.

    Args:
        name: of the backend.
        engine: what Keras must run on: ``"jax"`` or ``"torch"``.
    """

    dtypes = ("float32",)
    numerics = Numerics(velocity_holds_rate=True, adam_eps="raw")

    def __init__(self, name: str, engine: str) -> None:
        self.name = name
        self._engine = engine

    @property
    def observer(self) -> Observer:
        """Run exported files op by op, as `quick` does."""
        environment = {VARIABLE: self._engine}
        if self._engine == "torch":
            import torch

            environment["OMP_NUM_THREADS"] = str(torch.get_num_threads())
        script = Path(__file__).with_name("_observe.py")
        return Observer(script, FrozenDict(environment), _quick(self._engine))

    def quick(self) -> AbstractContextManager[None]:
        """Give a context in which nothing is compiled."""
        quick: AbstractContextManager[None] = _quick(self._engine)()
        return quick

    def seeded(self, seed: int) -> AbstractContextManager[None]:
        """Give a context in which ``compile(spec)`` draws from a seed; afterwards
        Python's generator is where it was.
        """
        return drawing_from(seed)

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> Any:
        need(self._engine)
        if device not in (None, "cpu"):
            raise BackendError(
                f"device {shorten(device)} cannot be used: Keras puts a model where"
                " its framework puts it; give none"
            )
        model = make(spec)
        check_names(spec, model)
        if params is not None:
            fill(model, spec, params)
        return model

    def _source(self, spec: Spec, dtype: str, weights: bool) -> str:
        return source(spec, weights)

    def _listing(self, spec: Spec, dtype: str) -> Listing:
        return listing(spec)

    def _params(self, model: Any, spec: Spec) -> dict[str, Array]:
        check_names(spec, model)
        return to_arrays(model, spec)

    def _load_params(self, model: Any, spec: Spec, params: Arrays) -> Any:
        fill(model, spec, params)
        return model

    def _dtype(self, model: Any) -> str | None:
        return "float32" if model.weights else None

    @property
    def _runs(self) -> Any:
        need(self._engine)
        return import_module(f"netspec_keras._on_{self._engine}")

    def _forward(self, model: Any, spec: Spec, x: Array, mode: Mode) -> Array:
        y: Array = self._runs.forward(model, _batch(spec, x), mode)
        return y

    def _step(
        self, model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        passed = self._runs.step(model, _batch(spec, x), cotangent, mode)
        return _to_step(passed, model, spec)

    def _trace(
        self, model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Trace:
        """Make a step of a copy of the model with taps."""
        need(self._engine)
        from netspec_keras._tracing import first, tapped

        copy = make(spec, fused=False)
        fill(copy, spec, to_arrays(model, spec))
        model, taps, paths = tapped(spec, copy)
        batch = len(x)
        zeros = [np.zeros((batch, *shape), np.float32) for shape in taps.values()]
        passed, seen = self._runs.trace(model, _batch(spec, x), zeros, cotangent, mode)
        outputs = first(spec, dict(zip(paths, seen.outputs, strict=True)), batch)
        grads = first(spec, dict(zip(taps, seen.grads, strict=True)), batch)
        return Trace(_to_step(passed, copy, spec), outputs, grads)

    def _train(self, model: Any, spec: Spec, how: Training) -> Trained:
        """Train with `keras.optimizers`."""
        losses: list[Array] = []
        values: Any = None
        for index, (loss, values) in enumerate(self._runs.train(model, how)):
            losses.append(loss)
            how.tell(index, to_arrays, model, spec, values)
        return Trained(np.stack(losses), to_arrays(model, spec, values))


def _to_step(passed: Pass, model: Any, spec: Spec) -> Step:
    return Step(
        output=passed.output,
        grad_input=passed.grad_input,
        grad_params=to_arrays(model, spec, passed.grads),
        state=to_arrays(model, spec, passed.state),
    )


def _batch(spec: Spec, x: Array) -> Array:
    return x.astype(np.int32) if spec.input_dtype == "int" else x


def _quick(engine: str) -> Any:
    return _by_operation if engine == "jax" else nullcontext


@contextmanager
def _by_operation() -> Iterator[None]:
    from netspec_keras._on_jax import QUICK

    token = QUICK.set(True)
    try:
        yield
    finally:
        QUICK.reset(token)
