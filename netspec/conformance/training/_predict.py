"""Predict one step of training, in exact or in rounded arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field

from netspec.conformance.judging import scalars_of, widen
from netspec.conformance.training._run import TrainingRun
from netspec.contract import Array, Arrays, Numerics
from netspec.reference import (
    Arithmetic,
    Choices,
    Descent,
    Exact,
    Perturbed,
    Run,
    Slope,
    slope,
)


@dataclass(frozen=True, eq=False)
class Predicted:
    """A step that was predicted.

    Attributes:
        params: parameters and running statistics before the step.
        slope: loss and gradients there.
        optimizer: begun for the step.
    """

    params: Arrays
    slope: Slope
    optimizer: Descent
    _found: dict[str, Array] = field(default_factory=dict)

    def tensor(self, path: str) -> Array:
        """Return what the step subtracts from a parameter, or a running statistic after
        it; it is computed once.
        """
        found = self._found.get(path)
        if found is None:
            found = self._found[path] = self._tensor(path)
        return found

    def _tensor(self, path: str) -> Array:
        value, grad = self.params[path], self.slope.grads.get(path)
        if grad is None:
            return self.slope.state.get(path, value)
        return self.optimizer.move(path, value, grad)

    def tensors(self) -> dict[str, Array]:
        """Return all tensors, by canonical path."""
        return {path: self.tensor(path) for path in self.params}


class Predictor:
    """The reference with an optimizer of its own, which learns from all steps.

    Args:
        run: what is trained.
        numerics: conventions of a framework.
        rounded: rounds every result, of the optimizer's scalars, too; exact if None.

    Attributes:
        layers: the conventions that act on the model itself.
    """

    def __init__(
        self, run: TrainingRun, numerics: Numerics, rounded: Perturbed | None = None
    ) -> None:
        self._run, self._rounded = run, rounded
        self.layers = numerics.on(run.spec)
        self._optimizer = Descent(run.recipe.optimizer, numerics, rounded or Exact())
        self._rates = run.recipe.optimizer.rates(len(run.xs))

    def predict(
        self,
        params: Arrays,
        step: int,
        choices: Choices,
        sizes: list[Array] | None = None,
    ) -> Predicted:
        """Predict a step from given parameters.

        Args:
            params: parameters and running statistics before it, float64.
            step: its number, from 0.
            choices: how kinks are decided.
            sizes: what predictions of this step share that round; see
                `Perturbed.beside`.
        """
        run = Run(
            params,
            train=True,
            ops=self._ops(sizes),
            choices=choices,
            native_variance=self.layers.running_variance,
            scalars=scalars_of(self.layers),
        )
        x, y = widen(self._run.xs[step]), widen(self._run.ys[step])
        found = slope(self._run.spec, x, y, self._run.recipe.loss, run)
        return self.predict_with(found, params, step)

    def _ops(self, sizes: list[Array] | None) -> Arithmetic:
        if self._rounded is None or sizes is None:
            return self._rounded or Exact()
        return self._rounded.beside(sizes)

    def predict_with(self, found: Slope, params: Arrays, step: int) -> Predicted:
        """Predict a step whose gradients are known."""
        return Predicted(params, found, self._optimizer.begin(self._rates[step]))

    def make(self, step: Predicted) -> None:
        """Let the optimizer make a step that was predicted."""
        self._optimizer = step.optimizer  # alone holds what it replaces, array by array
        for path, grad in step.slope.grads.items():
            self._optimizer.keep(path, step.params[path], grad)


UNIT = 2.0**-36  # roundoff of the replicas: what it does to a step is linear in it


def replicas(run: TrainingRun, numerics: Numerics, count: int) -> list[Predictor]:
    """Return references that round to `UNIT` at random, each with its own signs."""
    return [Predictor(run, numerics, Perturbed(UNIT, seed)) for seed in range(count)]
