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
    """A method with what it remembers of each parameter."""

    def begin(self, rate: float) -> Self:
        """Return what is about to make a step with a learning rate."""

    def move(self, path: str, gradient: Array) -> Array:
        """Return the array to subtract from the parameter at a path."""

    def keep(self, path: str, gradient: Array) -> None:
        """Remember a gradient for the next step."""


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
        begun = copy(self)
        begun._rate = self._scalar("lr", rate)
        begun._velocity = dict(self._velocity)
        return begun

    def move(self, path: str, gradient: Array) -> Array:
        velocity = self._moved(path, gradient)
        return velocity if self._inside else self._rate * velocity

    def keep(self, path: str, gradient: Array) -> None:
        if self._momentum:
            self._velocity[path] = self._moved(path, gradient)

    def _moved(self, path: str, gradient: Array) -> Array:
        velocity = self._rate * gradient if self._inside else gradient
        if path in self._velocity:
            velocity = velocity + self._momentum * self._velocity[path]
        return velocity


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
        self._moments: dict[str, tuple[Array, Array]] = {}

    def begin(self, rate: float) -> Self:
        begun = copy(self)
        begun._count += 1
        rest1, rest2 = (
            1 - self._scalar.round(decay**begun._count)
            for decay in (self._decay1, self._decay2)
        )
        begun._root = 1.0 if self._raw else math.sqrt(rest2)
        raw = math.sqrt(rest2) if self._raw else 1.0
        begun._rate = self._scalar("lr", rate * raw / rest1)
        begun._moments = dict(self._moments)
        return begun

    def move(self, path: str, gradient: Array) -> Array:
        first, second = self._moved(path, gradient)
        root = np.sqrt(second) / self._root
        return self._rate * (first / (root + self._eps))

    def keep(self, path: str, gradient: Array) -> None:
        self._moments[path] = self._moved(path, gradient)

    def _moved(self, path: str, gradient: Array) -> tuple[Array, Array]:
        first = (1 - self._beta1) * gradient
        second = (1 - self._beta2) * (gradient * gradient)
        if path in self._moments:
            before, square = self._moments[path]
            first = self._beta1 * before + first
            second = self._beta2 * square + second
        return first, second


METHODS: dict[Method, type[Sgd] | type[Adam]] = {"sgd": Sgd, "adam": Adam}


class Descent:
    """An optimizer with its state: how to get from one step to the next.

    For each step, `begin` gives another one, which tells by `move` what to subtract
    from a parameter, as often as it is asked, and remembers its gradient by `keep`.

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

    def begin(self, rate: float) -> Descent:
        """Return the optimizer of the next step, at a learning rate; this one stays as
        it is.
        """
        begun = copy(self)
        begun._follower = self._follower.begin(rate)
        return begun

    def move(self, path: str, value: Array, grad: Array) -> Array:
        """Return what to subtract from a parameter.

        Args:
            path: of the parameter.
            value: of the parameter, before the step.
            grad: gradient of the mean loss.
        """
        return self._follower.move(path, self._decayed(value, grad))

    def keep(self, path: str, value: Array, grad: Array) -> None:
        """Remember the gradient of a parameter; arguments as those of `move`."""
        self._follower.keep(path, self._decayed(value, grad))

    def _decayed(self, value: Array, grad: Array) -> Array:
        return grad + self._weight_decay * value if self._weight_decay else grad
