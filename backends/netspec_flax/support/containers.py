"""Layers made of layers."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx
from jax import Array

from netspec_flax.support.shape import identity

Module = Callable[..., Any]


class Named(nnx.Module):
    """Layers one after another, each an attribute: by the name given with it, or by its
    index, such as ``layers_0``.
    """

    def __init__(self, *layers: Module | tuple[str, Module]) -> None:
        pairs = [
            layer if isinstance(layer, tuple) else (f"layers_{index}", layer)
            for index, layer in enumerate(layers)
        ]
        self.names = tuple(name for name, _ in pairs)
        for name, layer in pairs:
            setattr(self, name, layer)

    def __call__(self, x: Array) -> Array:
        for name in self.names:
            x = getattr(self, name)(x)
        return x


class Residual(nnx.Module):
    """``body(x) + shortcut(x)``."""

    def __init__(self, body: Module, shortcut: Module = identity) -> None:
        self.body = body
        self.shortcut = shortcut

    def __call__(self, x: Array) -> Any:
        return self.body(x) + self.shortcut(x)


class Parallel(nnx.Module):
    """Branches that read the same input, and what a function makes of their outputs."""

    def __init__(self, merge: Callable[[list[Array]], Array], *branches: Module):
        self.merge = merge
        self.layers = nnx.List(branches)

    def __call__(self, x: Array) -> Array:
        return self.merge([branch(x) for branch in self.layers])


def add(values: Sequence[Array]) -> Array:
    """The sum of arrays."""
    return sum(values[1:], start=values[0])


def multiply(values: Sequence[Array]) -> Array:
    """The product of arrays."""
    return math.prod(values[1:], start=values[0])


def subtract(values: Sequence[Array]) -> Array:
    """The second array taken from the first."""
    return values[0] - values[1]


def maximum(values: Sequence[Array]) -> Array:
    """The largest values of arrays; equal ones share the gradient evenly."""
    return jnp.stack(jnp.broadcast_arrays(*values)).max(0)


def matmul(values: Sequence[Array]) -> Array:
    """The product of two arrays as matrices."""
    return values[0] @ values[1]
