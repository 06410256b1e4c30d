"""Training of the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from netspec.contract import Loss
from netspec.reference._evaluation import Array, Run
from netspec.reference._interpreter import evaluate
from netspec.reference._losses import LOSSES
from netspec.reference._optimizers import Descent
from netspec.spec import Spec


class Slope(NamedTuple):
    """What a batch says of a model in training.

    Attributes:
        loss: of the batch, a scalar.
        grads: gradients of the loss, by canonical path.
        state: running statistics after the batch, by canonical path.
    """

    loss: Array
    grads: dict[str, Array]
    state: dict[str, Array]


def slope(spec: Spec, x: Array, y: Array, loss: Loss, run: Run) -> Slope:
    """Differentiate the loss of a batch with respect to every parameter.

    Args:
        spec: the model.
        x: inputs, (batch, *input_shape).
        y: targets or labels.
        loss: what is minimized.
        run: a new evaluation in training mode.
    """
    run.params = {path: run.ops.value(value) for path, value in run.params.items()}
    inputs = run.ops.value(x) if spec.input_dtype == "float" else x
    output, pullback = evaluate(spec.graph, inputs, run)
    value, cotangent = LOSSES[loss](output, y, run.ops)
    pullback(cotangent)
    return Slope(value, run.grads, run.state)


class Learner:
    """A model in training, by the reference's own optimizers.

    Args:
        spec: the model.
        params: first parameters by canonical path; not changed.
        descent: the optimizer.
        loss: the loss to minimize.
        begin: begins an evaluation in training mode with some parameters; exact and
            without dropout masks if None.

    Attributes:
        params: current parameters and running statistics by canonical path.
    """

    def __init__(
        self,
        spec: Spec,
        params: Mapping[str, Array],
        descent: Descent,
        loss: Loss,
        begin: Callable[[Mapping[str, Array]], Run] | None = None,
    ) -> None:
        self.params = dict(params)
        self._spec, self._descent, self._loss = spec, descent, loss
        self._begin = begin or _begin

    def learn(self, x: Array, y: Array, rate: float) -> Array:
        """Make a step on a batch; return the loss before it."""
        found = slope(self._spec, x, y, self._loss, self._begin(self.params))
        self._descent = self._descent.begin(rate)
        moved = {}
        for path, grad in found.grads.items():
            value = self.params[path]
            moved[path] = np.asarray(value - self._descent.move(path, value, grad))
            self._descent.keep(path, value, grad)
        self.params = self.params | found.state | moved
        return found.loss


def _begin(params: Mapping[str, Array]) -> Run:
    return Run(params, train=True)


def train(
    learner: Learner,
    xs: Iterable[Array],
    ys: Iterable[Array],
    rates: Iterable[float],
    after: Callable[[int], object] = lambda step: None,
) -> Array:
    """Learn all batches, (steps, batch, ...), and give the losses, (steps,).

    Args:
        learner: which learns.
        xs: inputs of every step.
        ys: targets or labels.
        rates: learning rates.
        after: called with the number of a step, from 0, when it is made.
    """
    losses = []
    for step, (x, y, rate) in enumerate(zip(xs, ys, rates, strict=True)):
        losses.append(learner.learn(x, y, rate))
        after(step)
    return np.asarray(losses)
