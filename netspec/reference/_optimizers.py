"""Optimizers from their formulas, which `netspec.contract.Optimizer` states.

Where frameworks differ, `netspec.contract.Numerics` says which formula is used:

*   SGD in MXNet keeps the learning rate in the velocity, ``b = momentum * b + lr * g``
    and ``w = w - b`` (`mx.optimizer.SGD`); PyTorch and optax multiply b by the rate.
*   Adam in MXNet moves the bias correction into the rate,
    ``lr * sqrt(1 - beta2^t) / (1 - beta1^t)``, and adds eps to the root of the
    uncorrected v (`mx.optimizer.Adam`; the note before section 2.1 of Kingma and Ba);
    PyTorch and optax add eps to the root of the corrected v.
*   MXNet's operators keep their scalars in float32.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import copy
from typing import Protocol, Self

import numpy as np

from netspec.contract import Method, Numerics, Optimizer
from netspec.reference._arithmetic import Arithmetic, Exact
from netspec.reference._evaluation import Array


class Coefficients:
    """The coefficients of an optimizer, rounded as a framework holds them.

    Args:
        optimizer: has the coefficients as fields.
        numerics: says which coefficients are float32.
        ops: rounds every coefficient.
    """

    def __init__(
        self, optimizer: Optimizer, numerics: Numerics, ops: Arithmetic
    ) -> None:
        self._optimizer, self._numerics, self._ops = optimizer, numerics, ops

    def __call__(self, name: str, value: float | None = None) -> float:
        """Round a field of the optimizer, or `value` in its place."""
        if value is None:
            value = float(getattr(self._optimizer, name))
        narrow = ("Optimizer", name) in self._numerics.float32_scalars
        return self.round(self._numerics.to_float32(value) if narrow else value)

    def round(self, value: float) -> float:
        """Round a scalar that was computed."""
        return float(self._ops.value(np.asarray(value)))


class Follower(Protocol):
    """A method with what it remembers, which a step leaves as it is."""

    def begin(self, rate: float) -> Self:
        """Return what is about to make a step with a learning rate."""

    def update(self, path: str, gradient: Array) -> Array:
        """Return the array to subtract from the parameter at a path."""


class Sgd:
    """Gradient descent with momentum."""

    def __init__(
        self, optimizer: Optimizer, numerics: Numerics, scalar: Coefficients
    ) -> None:
        self._momentum = scalar("momentum")
        self._inside = numerics.velocity_holds_rate
        self._scalar = scalar
        self._rate = 0.0
        self._velocity: dict[str, Array] = {}

    def begin(self, rate: float) -> Self:
        following = copy(self)
        following._rate = self._scalar("lr", rate)
        following._velocity = dict(self._velocity)
        return following

    def update(self, path: str, gradient: Array) -> Array:
        velocity = self._rate * gradient if self._inside else gradient
        if self._momentum and path in self._velocity:
            velocity = velocity + self._momentum * self._velocity[path]
        self._velocity[path] = velocity
        return velocity if self._inside else self._rate * velocity


class Adam:
    """Adaptive moments.

    The decays in the bias correction are rounded separately from those of the moments:
    rounding matters in ``1 - 0.999^t``, and frameworks compute it in either format.
    """

    def __init__(
        self, optimizer: Optimizer, numerics: Numerics, scalar: Coefficients
    ) -> None:
        self._beta1, self._beta2 = scalar("beta1"), scalar("beta2")
        self._decay1 = scalar.round(optimizer.beta1)
        self._decay2 = scalar.round(optimizer.beta2)
        self._eps, self._raw = scalar("eps"), numerics.adam_eps == "raw"
        self._scalar = scalar
        self._count, self._rate, self._root = 0, 0.0, 1.0
        self._first: dict[str, Array] = {}
        self._second: dict[str, Array] = {}

    def begin(self, rate: float) -> Self:
        following = copy(self)
        following._count += 1
        rest1, rest2 = (
            1 - self._scalar.round(decay**following._count)
            for decay in (self._decay1, self._decay2)
        )
        following._root = 1.0 if self._raw else math.sqrt(rest2)
        raw = math.sqrt(rest2) if self._raw else 1.0
        following._rate = self._scalar("lr", rate * raw / rest1)
        following._first, following._second = dict(self._first), dict(self._second)
        return following

    def update(self, path: str, gradient: Array) -> Array:
        first = (1 - self._beta1) * gradient
        second = (1 - self._beta2) * (gradient * gradient)
        if path in self._first:
            first = self._beta1 * self._first[path] + first
            second = self._beta2 * self._second[path] + second
        self._first[path], self._second[path] = first, second
        root = np.sqrt(second) / self._root
        return self._rate * (first / (root + self._eps))


METHODS: dict[Method, type[Sgd] | type[Adam]] = {"sgd": Sgd, "adam": Adam}


class Descent:
    """An optimizer with its state. A step leaves it as it is, and gives the next one.

    Args:
        optimizer: the method and its coefficients.
        numerics: the declared conventions of a framework.
        ops: rounds scalars.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        numerics: Numerics | None = None,
        ops: Arithmetic | None = None,
    ) -> None:
        numerics = numerics or Numerics()
        scalar = Coefficients(optimizer, numerics, ops or Exact())
        self._weight_decay = scalar("weight_decay")
        made = METHODS[optimizer.method]
        self._follower: Follower = made(optimizer, numerics, scalar)

    def step(
        self, params: Mapping[str, Array], grads: Mapping[str, Array], rate: float
    ) -> tuple[dict[str, Array], Descent]:
        """Make a step; return what to subtract from each parameter with a gradient, and
        the optimizer after the step.

        Args:
            params: parameters by path; not changed.
            grads: gradients of the mean loss by path.
            rate: learning rate of this step.
        """
        after = copy(self)
        after._follower = self._follower.begin(rate)
        return {path: after._moved(path, params, g) for path, g in grads.items()}, after

    def _moved(self, path: str, params: Mapping[str, Array], grad: Array) -> Array:
        if self._weight_decay:
            grad = grad + self._weight_decay * params[path]
        return self._follower.update(path, grad)
