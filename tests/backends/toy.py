"""A tiny backend on the guarded base, which remembers what reached its hooks."""

from __future__ import annotations

from typing import Any

import numpy as np

from netspec import Dense, Spec, init_params
from netspec.contract import (
    Array,
    Arrays,
    GuardedBackend,
    GuardedListing,
    GuardedTracing,
    GuardedTraining,
    Mode,
    Step,
    Trace,
    Trained,
    Training,
)
from netspec.program.render import Listing

SPEC = Spec("line", (3,), [Dense(2)])
PARAMS = init_params(SPEC, 0, "float64")
X, COTANGENT = np.arange(12.0).reshape(4, 3), np.arange(8.0).reshape(4, 2)

Model = dict[str, Array]


class Toy(GuardedBackend[Model]):
    """One Dense by NumPy; a model is its parameters, and without any gives what it is
    given. It remembers what its hooks were given.
    """

    name = "toy"

    def __init__(self) -> None:
        self.given: list[tuple[Any, ...]] = []

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> Model:
        self.given.append(("compile", params, dtype, device))
        shapes = {path: p.shape for path, p in spec.parameters().items()}
        native = {path: np.zeros(shape) for path, shape in shapes.items()}
        first = native if params is None else params
        return {path: np.array(first[path], dtype) for path in shapes}

    def _params(self, model: Model, spec: Spec) -> dict[str, Array]:
        self.given.append(("params",))
        return {path: array.copy() for path, array in model.items()}

    def _load_params(self, model: Model, spec: Spec, params: Arrays) -> Model:
        self.given.append(("load_params", params))
        return {path: np.array(array) for path, array in params.items()}

    def _dtype(self, model: Model) -> str | None:
        return next((array.dtype.name for array in model.values()), None)

    def _forward(self, model: Model, spec: Spec, x: Array, mode: Mode) -> Array:
        self.given.append(("forward", x.copy(), mode))
        x -= 0  # the batch is the hook's own, even to write on
        if not model:
            return x
        weight, bias = model.values()
        return x @ weight.T + bias

    def _step(
        self, model: Model, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        self.given.append(("step", x, cotangent, mode))
        return Step(cotangent, x, {}, {})


class Able(Toy, GuardedListing, GuardedTracing, GuardedTraining):
    """All abilities that have a base."""

    def _listing(self, spec: Spec, dtype: str) -> Listing:
        self.given.append(("listing", dtype))
        return Listing({}, "")

    def _trace(
        self, model: Model, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Trace:
        self.given.append(("trace", x, cotangent, mode))
        return Trace(Step(cotangent, x, {}, {}), {}, {})

    def _train(self, model: Model, spec: Spec, how: Training) -> Trained:
        self.given.append(("train", how))
        for step in range(len(how.rates)):
            how.tell(step, self._params, model, spec)
        return Trained(np.zeros(len(how.rates)), self._params(model, spec))
