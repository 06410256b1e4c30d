"""The odd layers in JAX."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import Array, random
from jax.typing import DTypeLike

from netspec.program import Call, call
from netspec.spec import Placed
from netspec_jax import (
    Context,
    Initializer,
    Layer,
    Mode,
    Tree,
    chain,
    draw,
    elementwise,
    initializer_of,
    lower,
)
from netspec_jax.support.containers import child, init_all
from netspec_jax.support.normalization import batch_norm
from tests.backends.odd.layers import (
    Cumulative,
    Digits,
    Excite,
    Fixed,
    GainDense,
    Jitter,
    Mixed,
    Pairs,
    Rooted,
    Twice,
)


def nothing(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
    """No parameters and no state."""
    return {}, {}


def cumulative_pair(*shape: int) -> Layer:
    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        return {}, {"total": jnp.zeros(shape, dtype), "steps": jnp.ones((), dtype)}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        total, steps = state["total"], state["steps"]
        if not mode.train:
            return x - total / steps, state
        return x, {"total": total + x.mean(0), "steps": steps + 1}

    return Layer(init, apply)


@lower.register
def cumulative(layer: Cumulative, node: Placed, ctx: Context) -> Call:
    return call(cumulative_pair, *node.input_shape)


def fixed_pair(*shape: int) -> Layer:
    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        return {}, {"table": jnp.full(shape, 3, dtype)}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        return x * state["table"], state

    return Layer(init, apply)


@lower.register
def fixed(layer: Fixed, node: Placed, ctx: Context) -> Call:
    return call(fixed_pair, *node.input_shape)


def rooted_pair(channels: int, width: Initializer) -> Layer:
    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        return {"inner": {"deep": draw(key, dtype, width=(width, (channels,)))}}, {}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        root = jnp.sqrt(params["inner"]["deep"]["width"])
        return x * root.reshape(-1, *[1] * (x.ndim - 2)), state

    return Layer(init, apply)


@lower.register
def rooted(layer: Rooted, node: Placed, ctx: Context) -> Call:
    (width,) = map(initializer_of, node.parameters.values())
    return call(rooted_pair, node.input_shape[0], width)


def twice_pair(channels: int, eps: float, decay: float) -> Layer:
    inner = batch_norm(channels, eps=eps, decay=decay)

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        y, after = inner.apply(params, state, jnp.moveaxis(x, 1, -1), mode)
        return 2 * jnp.moveaxis(y, -1, 1), after

    return Layer(inner.init, apply)


@lower.register
def twice(layer: Twice, node: Placed, ctx: Context) -> Call:
    return call(twice_pair, node.input_shape[0], layer.eps, layer.decay)


def gain_dense_pair(in_units: int, units: int, **drawn: Initializer) -> Layer:
    shapes: dict[str, tuple[int, ...]] = {"weight": (in_units, units)}

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        wanted = {n: (init, shapes.get(n, (units,))) for n, init in drawn.items()}
        return draw(key, dtype, **wanted), {}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        return params["gain"] * (x @ params["weight"] + params["bias"]), state

    return Layer(init, apply)


@lower.register
def gain_dense(layer: GainDense, node: Placed, ctx: Context) -> Call:
    drawn: Any = {name: initializer_of(p) for name, p in node.parameters.items()}
    return call(gain_dense_pair, node.input_shape[-1], layer.units, **drawn)


def digits_pair(base: int) -> Layer:
    return elementwise(
        lambda x: jnp.sin(x[..., None] * jnp.arange(1.0, base + 1) * 0.1)
    )


@lower.register
def digits(layer: Digits, node: Placed, ctx: Context) -> Call:
    return call(digits_pair, layer.base)


def jitter_pair(std: float) -> Layer:
    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        if not mode.train or mode.key is None:
            return x, state
        return x + std * random.normal(mode.key, x.shape, x.dtype), state

    return Layer(nothing, apply)


@lower.register
def jitter(layer: Jitter, node: Placed, ctx: Context) -> Call:
    return call(jitter_pair, layer.std)


def pairs_pair() -> Layer:
    return elementwise(lambda x: x - 2 * x[::-1])


@lower.register
def pairs(layer: Pairs, node: Placed, ctx: Context) -> Call:
    return call(pairs_pair)


def excite_pair(body: Layer) -> Layer:
    inside = child(0, "body", body)

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        factor, after = inside.apply(params, state, x, mode)
        return x * factor.reshape(*factor.shape, *[1] * (x.ndim - 2)), after

    return Layer(inside.init, apply)


@lower.register
def excite(layer: Excite, node: Placed, ctx: Context) -> Call:
    return call(excite_pair, chain(node.branches[0], ctx))


def _others(tree: Tree) -> Tree:
    return {name: value for name, value in tree.items() if name != "side"}


def mixed_pair(layers: Layer, side: Layer) -> Layer:
    beside = child(0, "side", side)

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        y, moved = layers.apply(_others(params), _others(state), x, mode)
        z, after = beside.apply(params, state, x, mode)
        return y + z, moved | after

    return Layer(init_all([layers, beside]), apply)


@lower.register
def mixed(layer: Mixed, node: Placed, ctx: Context) -> Call:
    return call(mixed_pair, *(chain(branch, ctx) for branch in node.branches))
