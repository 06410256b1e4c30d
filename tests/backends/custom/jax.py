"""The layers of a user in JAX."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import Array, random
from jax.nn import initializers
from jax.typing import DTypeLike

from netspec.declare import Parameter
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
    parametric,
)
from netspec_jax.support.containers import child, fan_out
from netspec_jax.support.dense import dense
from tests.backends.custom.layers import (
    Attend,
    Blank,
    Coin,
    Cube,
    Gate,
    LowRank,
    Squash,
    Tempered,
    Undeclared,
)

START = 0.5


def squash(x: Array) -> Array:
    squashed: Array = x / (START + jnp.abs(x))
    return squashed


def squash_pair(width: int, units: int, weight: Any, bias: Any) -> Layer:
    """x * weight, squashed, then projected."""
    inner = dense(width, units, weight=weight, bias=bias)

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        params, state = inner.init(key, dtype)
        return {"weight": jnp.ones(width, dtype), "inner": params}, state

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        return inner.apply(params["inner"], state, squash(x * params["weight"]), mode)

    return Layer(init, apply)


@lower.register
def squash_layer(layer: Squash, node: Placed, ctx: Context) -> Call:
    drawn = (
        initializer_of(node.parameters[f"inner.{name}"]) for name in ("weight", "bias")
    )
    return call(squash_pair, *node.input_shape, layer.units, *drawn)


def undeclared_pair() -> Layer:
    return parametric(lambda params, x: x, weight=(initializers.ones, (1,)))


@lower.register
def undeclared(layer: Undeclared, node: Placed, ctx: Context) -> Call:
    return call(undeclared_pair)


def heads(law: Coin, parameter: Parameter) -> Call:
    return call("jax.nn.initializers:constant", 1.0)


def low_rank_pair(
    width: int,
    units: int,
    rank: int,
    decay: float,
    down: Initializer,
    up: Initializer,
    running_mean: Initializer,
) -> Layer:
    """``(x - mean) down^T up^T``."""

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        matrices = draw(key, dtype, down=(down, (width, rank)), up=(up, (rank, units)))
        return matrices, draw(key, dtype, running_mean=(running_mean, (width,)))

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        running = state["running_mean"]
        mean = x.mean(0) if mode.train else running
        moved = decay * running + (1 - decay) * mean if mode.train else running
        return (x - mean) @ params["down"] @ params["up"], {"running_mean": moved}

    return Layer(init, apply)


@lower.register
def low_rank(layer: LowRank, node: Placed, ctx: Context) -> Call:
    sizes = *node.input_shape, layer.units, layer.rank
    drawn = (initializer_of(parameter) for parameter in node.parameters.values())
    return call(low_rank_pair, *sizes, layer.decay, *drawn)


def over(params: Tree, x: Array) -> Array:
    """``x / temperature``."""
    y: Array = x / params["temperature"]
    return y


def tempered_pair(*shape: int, temperature: Initializer) -> Layer:
    return parametric(over, temperature=(temperature, shape))


@lower.register
def tempered(layer: Tempered, node: Placed, ctx: Context) -> Call:
    drawn = initializer_of(node.parameters["temperature"])
    return call(tempered_pair, *node.input_shape, temperature=drawn)


def gated(outputs: list[Array]) -> Array:
    """``body * (1 + gate)``."""
    body, gate = outputs
    return body * (1 + gate)


def gate_pair(body: Layer, gate: Layer) -> Layer:
    return fan_out({"body": body, "gate": gate}, gated)


@lower.register
def gate(layer: Gate, node: Placed, ctx: Context) -> Call:
    return call(gate_pair, *(chain(branch, ctx) for branch in node.branches))


def attend_pair(body: Layer) -> Layer:
    """``x * body(x)``."""

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        y, state = inside.apply(params, state, x, mode)
        return x * y, state

    inside = child(0, "body", body)
    return Layer(inside.init, apply)


@lower.register
def attend(layer: Attend, node: Placed, ctx: Context) -> Call:
    return call(attend_pair, chain(node.branches[0], ctx))


def blank_pair(rate: float) -> Layer:
    """Blanks values in training, and scales up the others."""

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        return {}, {}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        return (blanked(x, rate, mode.key) if mode.train else x), state

    return Layer(init, apply)


def blanked(x: Array, rate: float, key: Array | None) -> Array:
    if key is None:
        raise ValueError("training needs a key")
    kept = random.bernoulli(key, 1 - rate, x.shape)
    return jnp.where(kept, x / (1 - rate), 0)


@lower.register
def blank(layer: Blank, node: Placed, ctx: Context) -> Call:
    return call(blank_pair, layer.rate)


def cubed(x: Array) -> Array:
    return x * x * x


def cube_pair() -> Layer:
    return elementwise(cubed)


@lower.register
def cube(layer: Cube, node: Placed, ctx: Context) -> Call:
    return call(cube_pair)
