"""The reference as a backend."""

from __future__ import annotations

from typing import Any

from netspec.contract import (
    Array,
    Arrays,
    GuardedBackend,
    GuardedTracing,
    GuardedTraining,
    Mode,
    Step,
    Trace,
    Trained,
    Training,
)
from netspec.errors import BackendError, shorten
from netspec.reference import (
    Descent,
    Learner,
    ReferenceModel,
    Run,
    mask_generator,
    reference_model,
    step,
    trace,
    train,
)
from netspec.spec import Spec, init_params


class NumpyBackend(GuardedBackend[ReferenceModel], GuardedTracing, GuardedTraining):
    """The reference: forward and hand-derived vector-Jacobian products.

    Like every backend it compiles to float32 unless ``dtype="float64"`` is given, in
    which everything else is judged. It runs on the CPU alone. Without parameters and
    seed it has the weights of seed 0; ``running_variance="native"`` is biased here. It
    interprets specs and has no source to export.
    """

    name = "numpy"

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> ReferenceModel:
        if device not in (None, "cpu"):
            raise BackendError(
                f"the reference runs on the cpu, received {shorten(device)}"
            )
        first = init_params(spec, 0, dtype) if params is None else params
        return reference_model(spec, first, dtype)

    def _source(self, spec: Spec, dtype: str, weights: bool) -> str:
        raise BackendError("the reference has no source to export; choose a framework")

    def _params(self, model: ReferenceModel, spec: Spec) -> dict[str, Array]:
        _check_model(model, spec)
        return _copies(model.params)

    def _load_params(
        self, model: ReferenceModel, spec: Spec, params: Arrays
    ) -> ReferenceModel:
        _check_model(model, spec)
        return reference_model(spec, params, model.dtype)

    def _dtype(self, model: ReferenceModel) -> str:
        return model.dtype

    def _forward(
        self, model: ReferenceModel, spec: Spec, x: Array, mode: Mode
    ) -> Array:
        return model(x, train=mode.train, seed=mode.seed)

    def _step(
        self, model: ReferenceModel, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        return step(spec, x, cotangent, model.run(mode.train, mode.seed))

    def _trace(
        self, model: ReferenceModel, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Trace:
        return trace(spec, x, cotangent, model.run(mode.train, mode.seed))

    def _train(self, model: ReferenceModel, spec: Spec, how: Training) -> Trained:
        """Train with the reference's own optimizers; the model does not change."""
        random = mask_generator(how.seed)
        learner = Learner(
            *(spec, model.params, Descent(how.optimizer), how.loss),
            lambda params: Run(params, train=True, random=random),
        )

        def after(step: int) -> None:
            how.tell(step, _copies, learner.params)

        losses = train(learner, how.xs, how.ys, how.rates, after)
        return Trained(losses, _copies(learner.params))


def _check_model(model: ReferenceModel, spec: Spec) -> None:
    """Refuse a model of another spec.

    Raises:
        BackendError: names the first path that differs.
    """
    declared = {path: p.shape for path, p in spec.parameters().items()}
    held = {path: value.shape for path, value in model.params.items()}
    for path in declared | held:
        if declared.get(path) != held.get(path):
            raise BackendError(
                f"{path}: the spec has a parameter of shape {declared.get(path)}, the"
                f" model one of shape {held.get(path)}; give the model's own spec"
            )


def _copies(params: Arrays) -> dict[str, Array]:
    return {path: value.copy() for path, value in params.items()}
