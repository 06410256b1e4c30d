"""Layers made of layers."""

import math
from collections.abc import Callable, Sequence

import jax.numpy as jnp
from jax import Array, random
from jax.typing import DTypeLike

from netspec_jax.support.base import Layer, Mode, Tree
from netspec_jax.support.shape import identity


def serial(*layers: Layer | tuple[str, Layer]) -> Layer:
    """Layers one after another, known by their index or by the name given with them."""
    children = [
        child(i, str(i), layer) if isinstance(layer, Layer) else child(i, *layer)
        for i, layer in enumerate(layers)
    ]

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        next_state: Tree = {}
        for layer in children:
            x, own_state = layer.apply(params, state, x, mode)
            next_state |= own_state
        return x, next_state

    return Layer(init_all(children), apply)


def residual(body: Layer, shortcut: Layer = identity) -> Layer:
    """``body(x) + shortcut(x)``."""
    return fan_out({"body": body, "shortcut": shortcut}, add_all)


def add(*branches: Layer) -> Layer:
    """Branches that read the same input, their outputs added."""
    return fan_out({str(i): branch for i, branch in enumerate(branches)}, add_all)


def concat(*branches: Layer, axis: int = -1) -> Layer:
    """Branches that read the same input, their outputs concatenated."""

    def merge(outputs: list[Array]) -> Array:
        return jnp.concatenate(outputs, axis)

    return fan_out({str(i): branch for i, branch in enumerate(branches)}, merge)


def stack(*branches: Layer, axis: int = 1) -> Layer:
    """Branches that read the same input, their outputs along a new axis."""
    return numbered(branches, lambda outputs: jnp.stack(outputs, axis))


def multiply(*branches: Layer) -> Layer:
    """Branches that read the same input, their outputs multiplied."""
    return numbered(branches, lambda outputs: math.prod(outputs[1:], start=outputs[0]))


def subtract(*branches: Layer) -> Layer:
    """Two branches that read the same input, the second output taken from the first."""
    return numbered(branches, lambda outputs: outputs[0] - outputs[1])


def maximum(*branches: Layer) -> Layer:
    """Branches that read the same input, of whose outputs the largest counts; equal
    ones share the gradient evenly.
    """

    def merge(outputs: list[Array]) -> Array:
        return jnp.stack(jnp.broadcast_arrays(*outputs)).max(0)

    return numbered(branches, merge)


def matmul(*branches: Layer) -> Layer:
    """Two branches that read the same input, their outputs multiplied as matrices."""
    return numbered(branches, lambda outputs: outputs[0] @ outputs[1])


def numbered(
    branches: tuple[Layer, ...], merge: Callable[[list[Array]], Array]
) -> Layer:
    """Branches that read the same input, known by their index."""
    return fan_out({str(i): branch for i, branch in enumerate(branches)}, merge)


def fan_out(branches: dict[str, Layer], merge: Callable[[list[Array]], Array]) -> Layer:
    """Branches that read the same input, and what is made of their outputs."""
    children = [child(i, *branch) for i, branch in enumerate(branches.items())]

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        outputs: list[Array] = []
        next_state: Tree = {}
        for branch in children:
            y, own_state = branch.apply(params, state, x, mode)
            outputs.append(y)
            next_state |= own_state
        return merge(outputs), next_state

    return Layer(init_all(children), apply)


def add_all(outputs: list[Array]) -> Array:
    """The sum of arrays of one shape."""
    return sum(outputs[1:], start=outputs[0])


def child(index: int, name: str, layer: Layer) -> Layer:
    """A layer inside a container, with its own entry of each tree and its own key."""

    def entry(tree: Tree) -> Tree:
        return {name: tree} if tree else {}

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        params, state = layer.init(random.fold_in(key, index), dtype)
        return entry(params), entry(state)

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        own = params.get(name, {}), state.get(name, {})
        y, next_state = layer.apply(*own, x, mode.child(index))
        return y, entry(next_state)

    return Layer(init, apply)


def init_all(
    children: Sequence[Layer],
) -> Callable[[Array, DTypeLike], tuple[Tree, Tree]]:
    """What draws the parameters and the state of all children."""

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        params: Tree = {}
        state: Tree = {}
        for layer in children:
            drawn, started = layer.init(key, dtype)
            params |= drawn
            state |= started
        return params, state

    return init
