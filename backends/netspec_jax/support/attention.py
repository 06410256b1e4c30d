"""Attention of a sequence to itself."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, random
from jax.nn import initializers
from jax.typing import DTypeLike

from netspec_jax.support.base import Initializer, Layer, Mode, Tree, parametric
from netspec_jax.support.positions import angles
from netspec_jax.support.regularization import dropout


class Sight(NamedTuple):
    """What queries see.

    Attributes:
        causal: whether position i sees positions up to i alone.
        window: how many of these are seen, i itself included; all if None.
        rate: probability with which training zeroes an attention weight.
    """

    causal: bool = False
    window: int | None = None
    rate: float = 0.0


EVERYTHING = Sight()


def self_attention(
    heads: int,
    key_heads: int,
    sight: Sight = EVERYTHING,
    *,
    rotary: float | None = None,
    **parts: Layer,
) -> Layer:
    """Attention over (..., positions, channels).

    Args:
        heads: of queries.
        key_heads: of keys and values, each read by as many heads.
        sight: what queries see.
        rotary: base of rotary positions; None for none.
        **parts: ``query``, ``key`` and ``value``, which read the input; ``query_norm``
            and ``key_norm`` of each head, if they are normalized; ``relative``, which
            gives what is added to the scores, if anything is; ``output``.
    """
    counts = {"query": heads, "key": key_heads, "value": key_heads}

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        keys = random.split(key, len(parts))
        drawn = zip(parts.items(), keys, strict=True)
        return {name: part.init(own, dtype)[0] for (name, part), own in drawn}, {}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        def run(name: str, x: Array) -> Array:
            return parts[name].apply(params[name], {}, x, mode)[0]

        def read(name: str) -> Array:
            y = run(name, x)
            y = y.reshape(-1, x.shape[-2], counts[name], y.shape[-1] // counts[name])
            y = run(f"{name}_norm", y) if f"{name}_norm" in parts else y
            return y if rotary is None or name == "value" else turned(y, rotary)

        bias = run("relative", ages(x.shape[-2])) if "relative" in parts else None
        q, k, v = map(read, counts)
        y = attend(q, k, v, bias, sight, mode)
        return run("output", y.reshape(*x.shape[:-1], -1)), state

    return Layer(init, apply)


def attend(
    q: Array, k: Array, v: Array, bias: Array | None, sight: Sight, mode: Mode
) -> Array:
    """What every head attends to: (batch, positions, heads, dim)."""
    if q.dtype == jnp.float64 or (sight.rate and mode.train):
        return attend_written_out(q, k, v, bias, sight, mode)
    near = None if sight.window is None else (sight.window - 1, 0)
    return jax.nn.dot_product_attention(
        q, k, v, bias, is_causal=sight.causal, local_window_size=near
    )


def attend_written_out(
    q: Array, k: Array, v: Array, bias: Array | None, sight: Sight, mode: Mode
) -> Array:
    """`attend`, with dropout, and with a softmax in float64, which
    `jax.nn.dot_product_attention` computes in float32.
    """
    batch, length, heads, dim = q.shape
    grouped = q.reshape(batch, length, k.shape[2], -1, dim)
    scores = jnp.einsum("btgrd,bsgd->bgrts", grouped, k) * dim**-0.5
    scores = scores.reshape(batch, heads, length, length)
    scores = scores if bias is None else scores + bias
    if sight.causal:
        age = ages(length)
        seen = (age >= 0) & (age < (sight.window or length))
        scores = jnp.where(seen, scores, -jnp.inf)
    weights, _ = dropout(sight.rate).apply({}, {}, jax.nn.softmax(scores), mode)
    weights = weights.reshape(batch, k.shape[2], -1, length, length)
    return jnp.einsum("bgrts,bsgd->btgrd", weights, v).reshape(q.shape)


def ages(length: int) -> Array:
    """By how many positions each query, a row, is after each key."""
    steps = jnp.arange(length)
    return steps[:, None] - steps


def turned(x: Array, base: float) -> Array:
    """Channels i and i + d / 2 of (batch, positions, heads, d), turned by
    ``t * base^(-2i / d)`` (Su et al., 2021).
    """
    turns = angles(x.shape[1], x.shape[-1], base)[:, None]
    cos, sin = (jnp.asarray(f(turns), x.dtype) for f in (np.cos, np.sin))
    a, b = jnp.split(x, 2, axis=-1)
    return jnp.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)


def relative_bias(
    heads: int, reach: int, *, weight: Initializer = initializers.zeros
) -> Layer:
    """A learned bias for each head and distance from key to query, the last of them for
    all that are farther.
    """
    most = reach - 1

    def function(params: Tree, ages: Array) -> Array:
        bias: Array = params["weight"][:, jnp.clip(-ages, -most, most) + most]
        return bias[None]

    return parametric(function, weight=(weight, (heads, 2 * reach - 1)))
