"""What a layer is, and the two ways in which nearly all of them are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from jax import Array, random
from jax.typing import DTypeLike

Tree = dict[str, Any]
Initializer = Callable[..., Array]


class Mode(NamedTuple):
    """How a layer is applied.

    Attributes:
        train: in training, or in evaluation.
        key: of what is random in training; None where nothing is.
    """

    train: bool
    key: Array | None

    def child(self, index: int) -> Mode:
        """The mode of a child, which has a key of its own."""
        if self.key is None:
            return self
        return self._replace(key=random.fold_in(self.key, index))


class Layer(NamedTuple):
    """A layer, or a whole net: two pure functions.

    Attributes:
        init: from a key and a dtype to parameters and state, nested dicts of arrays.
        apply: from parameters, state and x to the output and the next state.
    """

    init: Callable[[Array, DTypeLike], tuple[Tree, Tree]]
    apply: Callable[[Tree, Tree, Array, Mode], tuple[Array, Tree]]


def parametric(
    function: Callable[[Tree, Array], Array],
    **parameters: tuple[Initializer | None, tuple[int, ...]],
) -> Layer:
    """A layer without state: a function of its parameters and x.

    Args:
        function: what it computes.
        parameters: by name, what draws it, or None for no such parameter; its shape.
    """

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        return draw(key, dtype, **parameters), {}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        return function(params, x), state

    return Layer(init, apply)


def draw(
    key: Array,
    dtype: DTypeLike,
    **parameters: tuple[Initializer | None, tuple[int, ...]],
) -> Tree:
    """Parameters, each drawn with a key of its own; see `parametric`."""
    return {
        name: initializer(random.fold_in(key, i), shape, dtype)
        for i, (name, (initializer, shape)) in enumerate(parameters.items())
        if initializer
    }


def elementwise(function: Callable[..., Array], **options: Any) -> Layer:
    """A layer without parameters: a function of x."""
    return parametric(lambda params, x: function(x, **options))
