"""One evaluation of a model, and the part of it that each layer sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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
    """Return a scalar field of a layer as the spec states it, without rounding."""
    return float(getattr(layer, name))


@dataclass
class Run:
    """Inputs and results of one evaluation.

    Attributes:
        params: parameters by canonical path.
        train: training mode if True, evaluation mode if False.
        ops: rounds every result.
        choices: makes the decisions at kinks.
        random: draws dropout masks; None if masks are given or not needed.
        masks: dropout masks (True = kept) by path of the layer; they take precedence
            over `random`.
        native_variance: meaning of running_variance="native", ``"biased"`` or
            ``"unbiased"``.
        scalars: returns a scalar field of a layer, rounded as the framework rounds it.
        watch: called with the path and the output of every layer.
        watch_grad: called with the path of every layer and the gradient with respect to
            its output.
        grads: gradients by canonical path, filled by the backward pass.
        state: running statistics after the step, by canonical path.
        shares: gradients of parameters under several paths, by path of the owner, then
            by that under which it was read.
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
    shares: dict[str, dict[str, Array]] = field(default_factory=dict)

    def add_grad(self, path: str, read: str, value: Array) -> None:
        """Store the gradient of a parameter that was read under a path: the sum of all
        of these.
        """
        shares = self.shares.setdefault(path, {})
        shares[read] = value
        first, *others = shares.values()
        for other in others:
            first = self.ops.value(first + other)
        self.grads[path] = first


@dataclass(frozen=True)
class Scope:
    """The part of a run that one layer sees.

    Attributes:
        run: the run.
        path: canonical path of the layer.
        layer: the layer.
        tied: by the path of each parameter that is another's, the path of the owner.
    """

    run: Run
    path: str
    layer: Layer
    tied: Mapping[str, str] = field(default_factory=dict)

    @property
    def ops(self) -> Arithmetic:
        return self.run.ops

    @property
    def train(self) -> bool:
        return self.run.train

    def inside(self, name: str) -> Scope:
        """Return the scope of a part of this layer, whose parameters begin with a name
        and a dot.
        """
        return replace(self, path=f"{self.path}.{name}")

    def param(self, name: str) -> Array:
        """Return a parameter of this layer."""
        return self.run.params[self._owner(name)]

    def _owner(self, name: str) -> str:
        path = f"{self.path}.{name}"
        return self.tied.get(path, path)

    def optional(self, name: str) -> Array | None:
        """Return a parameter of this layer, or None if it is not enabled."""
        return self.run.params.get(self._owner(name))

    def scalar(self, name: str) -> float:
        """Return a scalar field of this layer, rounded as the run says."""
        return self.run.scalars(self.layer, name)

    def grad(self, name: str, value: Array) -> None:
        """Store the gradient of a parameter of this layer."""
        read = f"{self.path}.{name}"
        self.run.add_grad(self._owner(name), read, np.asarray(value))

    def update(self, name: str, value: Array) -> None:
        """Store a running statistic of this layer as it is after the step."""
        self.run.state[f"{self.path}.{name}"] = np.asarray(value)

    def pin(
        self,
        x: Array,
        decide: Callable[[Array], Array],
        kinks: tuple[float, ...] = (),
    ) -> tuple[Array, Array]:
        """Decide on which piece of a function each value falls; see `Choices.pin`."""
        return self.run.choices.pin(self.path, x, kinks, decide)

    def mask(self, shape: tuple[int, ...], rate: float) -> Array:
        """Return the dropout mask of this layer (True = kept), given or newly drawn.

        Raises:
            BackendError: the run has neither a mask for this layer nor a generator.
        """
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
    """Compute the output of a layer, and its vector-Jacobian product.

    Register a function for a custom layer with ``@forward.register``. It returns the
    output and a pullback, which takes the gradient with respect to the output, stores
    the gradients of the parameters with `scope.grad` and returns the gradient with
    respect to the input. Every primitive result goes through `scope.ops`.

    Raises:
        BackendError: no function is registered for the layer.
    """
    raise BackendError(
        f"{scope.path} {type(layer).__name__}: the reference does not know this layer;"
        " register a function with netspec_numpy.forward.register"
    )
