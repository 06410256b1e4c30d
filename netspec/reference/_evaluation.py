"""One evaluation of a model, and what each layer sees of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netspec.errors import BackendError
from netspec.layers import Layer
from netspec.reference._arithmetic import Arithmetic, Exact
from netspec.reference._decisions import Choices, Free

Array = NDArray[Any]
Pullback = Callable[[Array], Array]
Scalars = Callable[[Layer, str], float]
Watch = Callable[[str, Array], None]


def exact_scalar(layer: Layer, name: str) -> float:
    """The scalar field of a layer as the spec has it."""
    return float(getattr(layer, name))


@dataclass
class Run:
    """What an evaluation is given, and what it leaves behind.

    Attributes:
        params: parameters by canonical path.
        train: training or evaluation mode.
        ops: rounding of every result.
        choices: how kinks are decided.
        random: draws dropout masks; None where masks are given or not needed.
        masks: kept positions by path of a Dropout, over `random`.
        native_variance: what running_variance="native" means here.
        scalars: value of a scalar field, rounded where a framework rounds it.
        watch: called with path and output of every layer.
        watch_grad: called with its path and the gradient with respect to its output.
        grads: filled by the backward pass: gradients by canonical path.
        state: running statistics after the step, by canonical path.
    """

    params: Mapping[str, Array]
    train: bool = False
    ops: Arithmetic = field(default_factory=Exact)
    choices: Choices = field(default_factory=Free)
    random: np.random.Generator | None = None
    masks: Mapping[str, Array] = field(default_factory=dict)
    native_variance: str = "biased"
    scalars: Scalars = exact_scalar
    watch: Watch = lambda path, value: None
    watch_grad: Watch = lambda path, value: None
    grads: dict[str, Array] = field(default_factory=dict)
    state: dict[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """What one layer sees of a run."""

    run: Run
    path: str
    layer: Layer

    @property
    def ops(self) -> Arithmetic:
        return self.run.ops

    @property
    def train(self) -> bool:
        return self.run.train

    def param(self, name: str) -> Array:
        """A parameter of this layer."""
        return self.run.params[f"{self.path}.{name}"]

    def optional(self, name: str) -> Array | None:
        """A parameter of this layer, or None where it is not enabled."""
        return self.run.params.get(f"{self.path}.{name}")

    def scalar(self, name: str) -> float:
        """A scalar field of this layer."""
        return self.run.scalars(self.layer, name)

    def grad(self, name: str, value: Array) -> None:
        """Leave the gradient of a parameter."""
        self.run.grads[f"{self.path}.{name}"] = np.asarray(value)

    def update(self, name: str, value: Array) -> None:
        """Leave a running statistic as it is after the step."""
        self.run.state[f"{self.path}.{name}"] = np.asarray(value)

    def pin(
        self,
        x: Array,
        decide: Callable[[Array], Array],
        kinks: tuple[float, ...] = (),
    ) -> tuple[Array, Array]:
        """Decide on which piece of a function each value falls."""
        return self.run.choices.pin(self.path, x, kinks, decide)

    def mask(self, shape: tuple[int, ...], rate: float) -> Array:
        """Positions that dropout keeps."""
        given = self.run.masks.get(self.path)
        if given is not None:
            return given
        if self.run.random is None:
            raise BackendError(
                f"{self.path}: training with Dropout needs a seed or a mask; give seed="
            )
        return self.run.random.random(shape) >= rate


@singledispatch
def forward(layer: Layer, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Output of a layer, and its vector-Jacobian product.

    A custom layer joins the reference by ``@forward.register``: a function that
    returns the output and a pullback, which takes the gradient with respect to the
    output, leaves those of the parameters by `scope.grad` and returns that with
    respect to the input. Every primitive result goes through `scope.ops`.
    """
    raise BackendError(
        f"{scope.path} {type(layer).__name__}: the reference does not know this layer;"
        " register a function with netspec_numpy.forward.register"
    )
