"""Training of the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from netspec.contract import Loss
from netspec.reference._arithmetic import Arithmetic, Exact
from netspec.reference._decisions import Choices, Free
from netspec.reference._evaluation import Array, Run, Scalars, exact_scalar
from netspec.reference._interpreter import evaluate
from netspec.reference._losses import LOSSES
from netspec.reference._optimizers import Descent
from netspec.spec import Spec


class Learner:
    """A model in training. For each batch, call `look` with the inputs, then `learn`.

    Args:
        spec: the model.
        params: first parameters by canonical path; not changed.
        descent: the optimizer with its state.
        loss: the loss to minimize.
        ops: rounds every result.
        native_variance: meaning of running_variance="native", ``"biased"`` or
            ``"unbiased"``.
        scalars: returns a scalar field of a layer, rounded as the framework rounds it.
        random: draws dropout masks.

    Attributes:
        params: current parameters and running statistics by canonical path.
    """

    def __init__(
        self,
        spec: Spec,
        params: Mapping[str, Array],
        descent: Descent,
        loss: Loss,
        *,
        ops: Arithmetic | None = None,
        native_variance: str = "biased",
        scalars: Scalars = exact_scalar,
        random: np.random.Generator | None = None,
    ) -> None:
        self.params = dict(params)
        self._spec, self._descent, self._loss = spec, descent, loss
        self._ops, self._random = ops or Exact(), random
        self._variance, self._scalars = native_variance, scalars

    def look(self, x: Array, choices: Choices | None = None) -> None:
        """Evaluate the model on the inputs of a batch, in training mode. `learn` uses
        the last batch that was evaluated.
        """
        ops = self._ops
        self._run = Run(
            {path: ops.value(value) for path, value in self.params.items()},
            train=True,
            ops=ops,
            choices=choices or Free(),
            random=self._random,
            native_variance=self._variance,
            scalars=self._scalars,
        )
        batch = ops.value(x) if self._spec.input_dtype == "float" else x
        self._output, self._pullback = evaluate(self._spec.graph, batch, self._run)

    def gradients(self, y: Array) -> tuple[Array, dict[str, Array]]:
        """Return the loss on the batch of the last `look`, and gradients by path."""
        loss, cotangent = LOSSES[self._loss](self._output, y, self._ops)
        self._pullback(cotangent)
        return loss, self._run.grads

    def learn(self, y: Array, rate: float) -> Array:
        """Make a step on the batch of the last `look`; return the loss before it."""
        loss, grads = self.gradients(y)
        self.params |= self._run.state
        self.params |= self._descent.step(self.params, grads, rate)
        return loss


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
        learner.look(x)
        losses.append(learner.learn(y, rate))
        after(step)
    return np.asarray(losses)
