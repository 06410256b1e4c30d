"""A graph of layers, each with what it reads, and how several of these are merged."""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jax.numpy as jnp
from jax import Array

from netspec_jax.support.base import Layer, Mode, Tree
from netspec_jax.support.containers import child, init_all

Merge = Callable[[list[Array], int], Array]


def graph(forward: Callable[[Any, Array], Array], *nodes: tuple[str, Layer]) -> Layer:
    """Layers that read each other.

    Args:
        forward: from what has a function for each node, by its name, and x to the
            output.
        nodes: pairs of name and layer.
    """
    children = {name: child(i, name, layer) for i, (name, layer) in enumerate(nodes)}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        next_state: Tree = {}

        def applied(layer: Layer) -> Callable[[Array], Array]:
            def call(x: Array) -> Array:
                y, own_state = layer.apply(params, state, x, mode)
                next_state.update(own_state)
                return y

            return call

        net = SimpleNamespace(**{name: applied(children[name]) for name in children})
        return forward(net, x), next_state

    return Layer(init_all([*children.values()]), apply)


def wires(
    *nodes: tuple[str, tuple[str, ...], Merge, int],
) -> Callable[[Any, Array], Array]:
    """What computes a graph from data; an exported file has a function of its own.

    Args:
        nodes: name, names of what it reads (``"input"`` is what the graph reads), how
            several of these are merged, and along which axis.
    """

    def forward(net: Any, x: Array) -> Array:
        values = {"input": x}
        for name, reads, merge, axis in nodes:
            read = [values[key] for key in reads]
            x = read[0] if len(read) == 1 else merge(read, axis)
            values[name] = x = getattr(net, name)(x)
        return x

    return forward


def merge_concat(values: list[Array], axis: int) -> Array:
    """The values concatenated along an axis."""
    return jnp.concatenate(values, axis)


def merge_stack(values: list[Array], axis: int) -> Array:
    """The values along a new axis."""
    return jnp.stack(values, axis)


def merge_add(values: list[Array], axis: int) -> Array:
    """The sum of the values."""
    return sum(values[1:], start=values[0])


def merge_multiply(values: list[Array], axis: int) -> Array:
    """The product of the values."""
    return math.prod(values[1:], start=values[0])


def merge_subtract(values: list[Array], axis: int) -> Array:
    """The second value taken from the first."""
    return values[0] - values[1]


def merge_maximum(values: list[Array], axis: int) -> Array:
    """The largest of the values; equal ones share the gradient evenly."""
    return jnp.stack(jnp.broadcast_arrays(*values)).max(0)


def merge_matmul(values: list[Array], axis: int) -> Array:
    """The product of two values as matrices."""
    return values[0] @ values[1]
