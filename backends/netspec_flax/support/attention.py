"""Attention of a sequence to itself."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jax import Array
from jax.nn import initializers

from netspec_flax.support.containers import Module
from netspec_jax.support.attention import ages, turned
from netspec_jax.support.base import Initializer


class CausalSelfAttention(nnx.MultiHeadAttention):
    """`nnx.MultiHeadAttention`, where position i sees positions up to i alone."""

    def __call__(self, *given: Any, **options: Any) -> Any:
        return super().__call__(*given, is_causal=True, **options)


def attend(
    query: Array,
    key: Array,
    value: Array,
    bias: Array | None = None,
    *,
    is_causal: bool = False,
    window: int | None = None,
    dropout: Callable[[Array], Array] | None = None,
    **unused: Any,
) -> Array:
    """Attention of (batch..., positions, heads, dim), with a softmax in float64, which
    `jax.nn.dot_product_attention` computes in float32.

    Args:
        query: of so many heads.
        key: of as many heads or fewer, each read by as many of them.
        value: as `key`.
        bias: what is added to the scores.
        is_causal: whether position i sees positions up to i alone.
        window: how many of these are seen, i itself included; all if None.
        dropout: applied to the weights.
        unused: what else `nnx.MultiHeadAttention` gives.
    """
    *batch, length, heads, dim = query.shape
    grouped = query.reshape(*batch, length, key.shape[-2], -1, dim)
    scores = jnp.einsum("...tgrd,...sgd->...grts", grouped, key) * dim**-0.5
    scores = scores.reshape(*batch, heads, length, length)
    scores = scores if bias is None else scores + bias
    if is_causal:
        age = ages(length)
        seen = (age >= 0) & (age < (window or length))
        scores = jnp.where(seen, scores, -jnp.inf)
    weights = nnx.softmax(scores)
    weights = weights if dropout is None else dropout(weights)
    weights = weights.reshape(*batch, key.shape[-2], -1, length, length)
    return jnp.einsum("...grts,...sgd->...tgrd", weights, value).reshape(query.shape)


class SelfAttention(nnx.Module):
    """Attention over (..., positions, channels), with what `nnx.MultiHeadAttention`
    does not have.

    Args:
        num_heads: of queries.
        num_kv_heads: of keys and values, each read by as many heads.
        is_causal: whether position i sees positions up to i alone.
        window: how many of these are seen, i itself included; all if None.
        dropout_rate: with which training zeroes an attention weight.
        rotary: base of rotary positions; None for none.
        query: reads queries from the input.
        key: reads keys.
        value: reads values.
        output: from the heads to the output.
        query_norm: of each head of the queries, if they are normalized.
        key_norm: of each head of the keys.
        relative: gives what is added to the scores, if anything is.
        rngs: of the dropout.
    """

    def __init__(
        self,
        num_heads: int,
        num_kv_heads: int,
        *,
        is_causal: bool = False,
        window: int | None = None,
        dropout_rate: float = 0.0,
        rotary: float | None = None,
        query: Module,
        key: Module,
        value: Module,
        output: Module,
        query_norm: Module | None = None,
        key_norm: Module | None = None,
        relative: Module | None = None,
        rngs: nnx.Rngs,
    ) -> None:
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.is_causal, self.window, self.rotary = is_causal, window, rotary
        self.query, self.key, self.value, self.output = query, key, value, output
        self.query_norm = nnx.data(query_norm)
        self.key_norm = nnx.data(key_norm)
        self.relative = nnx.data(relative)
        self.dropout = nnx.Dropout(dropout_rate, rngs=rngs) if dropout_rate else None

    def __call__(self, x: Array) -> Any:
        length = x.shape[-2]
        q = self.read(x, self.num_heads, self.query, self.query_norm)
        k = self.read(x, self.num_kv_heads, self.key, self.key_norm)
        v = self.value(x).reshape(*k.shape[:-1], -1)
        if self.rotary is not None:
            q, k = turned(q, self.rotary), turned(k, self.rotary)
        bias = None if self.relative is None else self.relative(ages(length))
        return self.output(self.attend(q, k, v, bias).reshape(*x.shape[:-1], -1))

    def read(self, x: Array, heads: int, layer: Module, norm: Module | None) -> Any:
        """The heads of queries or keys, (batch, positions, heads, dim)."""
        y = layer(x)
        y = y.reshape(-1, x.shape[-2], heads, y.shape[-1] // heads)
        return y if norm is None else norm(y)

    def attend(self, q: Array, k: Array, v: Array, bias: Array | None) -> Array:
        """What every head attends to."""
        if q.dtype == jnp.float64 or self.dropout is not None:
            return attend(
                q,
                k,
                v,
                bias,
                is_causal=self.is_causal,
                window=self.window,
                dropout=self.dropout,
            )
        near = None if self.window is None else (self.window - 1, 0)
        return jax.nn.dot_product_attention(
            q, k, v, bias, is_causal=self.is_causal, local_window_size=near
        )


class RelativeBias(nnx.Module):
    """A learned bias for each head and distance from key to query, the last of them for
    all that are farther.
    """

    def __init__(
        self,
        num_heads: int,
        reach: int,
        *,
        embedding_init: Initializer = initializers.zeros,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        shape = num_heads, 2 * reach - 1
        table = embedding_init(rngs.params(), shape, param_dtype)
        self.embedding = nnx.Param(table)
        self.most = reach - 1

    def __call__(self, ages: Array) -> Array:
        place = jnp.clip(-ages, -self.most, self.most) + self.most
        bias: Array = self.embedding[:, place]
        return bias[None]
