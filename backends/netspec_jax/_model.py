"""A model as JAX users know it: pure functions, and first parameters and state."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeAlias

import jax

from netspec_jax.support.base import Layer, Mode, Tree

Init: TypeAlias = Callable[[jax.Array], tuple[Tree, Tree]]


class Apply(Protocol):
    """Type of the function `PureModel.apply`."""

    def __call__(
        self,
        params: Tree,
        state: Tree,
        x: jax.Array,
        *,
        train: bool = False,
        key: jax.Array | None = None,
    ) -> tuple[jax.Array, Tree]: ...

    def __hash__(self) -> int: ...


class PureModel(NamedTuple):
    """A model as two pure functions, with first parameters and first state.

    Attributes:
        init: ``init(key)`` draws parameters and state as the spec says.
        apply: ``apply(params, state, x, *, train=False, key=None)`` returns the output
            for a batch, and the next state. Under jit `train` is static; training
            needs a `key` if there is dropout. A float64 model raises outside of
            ``jax.enable_x64(True)``.
        params: trainable parameters: nested dicts by path component, kernels (*window,
            in, out).
        state: running statistics: nested dicts by path component.
    """

    init: Init
    apply: Apply
    params: Tree
    state: Tree


def functions(net: Layer, dtype: str) -> tuple[Init, Apply]:
    """Make the functions `init` and `apply` of a model, as exported files have them."""

    def init(key: jax.Array) -> tuple[Tree, Tree]:
        return net.init(key, dtype)

    def apply(
        params: Tree,
        state: Tree,
        x: jax.Array,
        *,
        train: bool = False,
        key: jax.Array | None = None,
    ) -> tuple[jax.Array, Tree]:
        return net.apply(params, state, x, Mode(train, key))

    return init, apply
