"""The reference as a backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from netspec.contract import (
    Array,
    Arrays,
    Loss,
    Optimizer,
    Step,
    Trace,
    Trained,
    check_arguments,
    check_cotangent,
    check_input,
    check_training,
    check_training_batch,
)
from netspec.errors import BackendError
from netspec.reference import Descent, Learner, Run, evaluate, step, train
from netspec.spec import Spec, check_params, check_seed, init_params


@dataclass
class ReferenceModel:
    """A spec with parameters, evaluated by NumPy.

    Attributes:
        spec: the model.
        params: arrays of one dtype by canonical path.
        dtype: float64, or float32 on request.
    """

    spec: Spec
    params: dict[str, Array]
    dtype: str

    def __call__(
        self, x: Array, *, train: bool = False, seed: int | None = None
    ) -> Array:
        """Output for a batch, (batch, *input_shape) to (batch, *output_shape)."""
        y, _ = evaluate(self.spec.graph, x, self.run(train, seed))
        return y

    def run(
        self,
        train: bool,
        seed: int | None = None,
        masks: Mapping[str, Array] | None = None,
        native_variance: str = "biased",
    ) -> Run:
        """A fresh evaluation of this model; see `Run`."""
        random = None if seed is None else np.random.default_rng(check_seed(seed))
        return Run(
            self.params,
            train,
            random=random,
            masks=masks or {},
            native_variance=native_variance,
        )


class NumpyBackend:
    """The float64 reference: forward and hand-derived vector-Jacobian products.

    Unlike the frameworks it defaults to float64; ``running_variance="native"`` is
    biased here.
    """

    name = "numpy"

    def compile(
        self,
        spec: Spec,
        *,
        params: Arrays | None = None,
        seed: int | None = None,
        dtype: str = "float64",
        device: Any = None,
    ) -> ReferenceModel:
        """A `ReferenceModel`; without params and seed, with the weights of seed 0.

        Raises:
            BackendError: a device other than the CPU, or both params and seed.
            ParameterError: params do not fit the spec.
        """
        check_arguments(dtype, params, seed)
        if device not in (None, "cpu"):
            raise BackendError(f"the reference runs on the cpu, received {device!r}")
        if params is None:
            params = init_params(spec, 0 if seed is None else seed, dtype)
        return self.load_params(ReferenceModel(spec, {}, dtype), spec, params)

    def source(
        self, spec: Spec, *, dtype: str = "float64", weights: bool = False
    ) -> str:
        """Refused: the reference interprets specs, it does not write code.

        Raises:
            BackendError: always.
        """
        raise BackendError("the reference has no source to export; choose a framework")

    def params(self, model: ReferenceModel, spec: Spec) -> dict[str, Array]:
        return {path: value.copy() for path, value in model.params.items()}

    def load_params(
        self, model: ReferenceModel, spec: Spec, params: Arrays
    ) -> ReferenceModel:
        check_params(spec, params)
        held = {path: np.array(params[path], model.dtype) for path in spec.parameters()}
        return ReferenceModel(spec, held, model.dtype)

    def forward(
        self,
        model: ReferenceModel,
        spec: Spec,
        x: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Array:
        _check(model, x, train)
        return model(np.array(x), train=train, seed=seed)  # no view of x comes back

    def step(
        self,
        model: ReferenceModel,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Step:
        _check(model, x, train)
        check_cotangent(spec, x, cotangent, model.dtype)
        run = model.run(train, seed)
        return step(spec, np.array(x), np.array(cotangent), run)

    def trace(
        self,
        model: ReferenceModel,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Trace:
        """`step`, layer by layer; what overflows does so without a warning."""
        _check(model, x, train)
        check_cotangent(spec, x, cotangent, model.dtype)
        outputs: dict[str, Array] = {}
        grads: dict[str, Array] = {}
        run = model.run(train, seed)
        run.watch, run.watch_grad = outputs.__setitem__, grads.__setitem__
        with np.errstate(all="ignore"):
            taken = step(spec, np.array(x), np.array(cotangent), run)
        return Trace(taken, outputs, grads)

    def train(
        self,
        model: ReferenceModel,
        spec: Spec,
        xs: Array,
        ys: Array,
        optimizer: Optimizer,
        loss: Loss,
        *,
        seed: int | None = None,
    ) -> Trained:
        """Train with the reference's own optimizers; the model does not change."""
        check_training(spec, xs, ys, loss, model.dtype)
        random = None if seed is None else np.random.default_rng(check_seed(seed))
        descent = Descent(optimizer)
        learner = Learner(spec, model.params, descent, loss, random=random)
        losses = train(learner, xs, ys, optimizer.rates(len(xs)))
        params = {path: value.copy() for path, value in learner.params.items()}
        return Trained(losses, params)


def _check(model: ReferenceModel, x: Array, train: bool) -> None:
    check_input(model.spec, x, model.dtype)
    if train:
        check_training_batch(model.spec, x)
