"""Attention of a sequence to itself: `keras.layers.MultiHeadAttention` reads three
tensors, and has neither rotary positions nor norms of queries and keys.
"""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

import math
from typing import Any

import keras
import numpy as np
from keras import initializers, layers, ops

from netspec_keras.support.containers import deserialize, serialize
from netspec_keras.support.positions import angles


@keras.saving.register_keras_serializable(package="netspec")
class SelfAttention(layers.Layer):
    """Attention over (..., positions, channels).

    Args:
        heads: of queries.
        head_dim: channels of a head.
        key_heads: of keys and values, each read by as many heads; `heads` if None.
        causal: whether position i sees positions up to i alone.
        window: how many of these are seen, i itself included; all if None.
        bias: whether the four matrices have one.
        norms: what normalizes queries and keys of each head; None for nothing.
        rotary: base of rotary positions; None for none.
        relative: learned bias for each head and distance; None for none.
        dropout: probability with which training zeroes an attention weight.
        query: the matrix that gives queries; a plain one if None.
        key: that of keys.
        value: that of values.
        output: that of the output.
    """

    def __init__(
        self,
        heads: int,
        head_dim: int,
        *,
        key_heads: int | None = None,
        causal: bool = False,
        window: int | None = None,
        bias: bool = True,
        norms: list[layers.Layer] | None = None,
        rotary: float | None = None,
        relative: layers.Layer | None = None,
        dropout: float = 0.0,
        query: layers.Layer | None = None,
        key: layers.Layer | None = None,
        value: layers.Layer | None = None,
        output: layers.Layer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.heads = heads
        self.head_dim = head_dim
        self.key_heads = key_heads or heads
        self.causal = causal
        self.window = window
        self.bias = bias
        self.rotary = rotary
        inner = self.key_heads * head_dim
        self.query = query or layers.Dense(
            heads * head_dim, use_bias=bias, name="query"
        )
        self.key = key or layers.Dense(inner, use_bias=bias, name="key")
        self.value = value or layers.Dense(inner, use_bias=bias, name="value")
        self.norms = norms
        self.relative = relative
        self.matrix: Any = output
        self.dropout = layers.Dropout(dropout)

    def build(self, shape: tuple[int, ...]) -> None:
        rows = (*shape[:-1], self.heads * self.head_dim)
        for matrix in (self.query, self.key, self.value):
            matrix.build(shape)
        for norm in self.norms or ():
            norm.build((None, None, None, self.head_dim))
        if self.relative is not None:
            self.relative.build(())
        if self.matrix is None:
            self.matrix = layers.Dense(shape[-1], use_bias=self.bias, name="output")
        self.matrix.build(rows)

    def call(self, x: Any) -> Any:
        q = self.split(self.query(x), self.heads)
        k = self.split(self.key(x), self.key_heads)
        v = self.split(self.value(x), self.key_heads)
        if self.norms:
            q, k = self.norms[0](q), self.norms[1](k)
        if self.rotary is not None:
            q, k = turned(q, self.rotary), turned(k, self.rotary)
        if self.key_heads != self.heads:
            times = self.heads // self.key_heads
            k, v = (ops.repeat(a, times, axis=1) for a in (k, v))
        scores = ops.matmul(q, ops.swapaxes(k, -1, -2)) * self.head_dim**-0.5
        weights = self.dropout(ops.softmax(self.seen(scores), axis=-1))
        y = ops.swapaxes(ops.matmul(weights, v), 1, 2)
        y = ops.reshape(y, (-1, *x.shape[1:-1], self.heads * self.head_dim))
        return self.matrix(y)

    def split(self, x: Any, heads: int) -> Any:
        """(..., positions, heads * head_dim) as (batch, heads, positions, head_dim)."""
        x = ops.reshape(x, (-1, x.shape[-2], heads, self.head_dim))
        return ops.swapaxes(x, 1, 2)

    def seen(self, scores: Any) -> Any:
        """The scores, those of keys that a query does not see being -inf."""
        steps = np.arange(scores.shape[-1])
        ages = steps[:, None] - steps
        if self.relative is not None:
            scores = scores + self.relative(ages)
        if not self.causal:
            return scores
        near = (ages >= 0) & (ages < (self.window or len(steps)))
        return ops.where(near, scores, -math.inf)

    def get_config(self) -> dict[str, Any]:
        names = ("heads", "head_dim", "key_heads", "causal", "window", "bias", "rotary")
        own = {name: getattr(self, name) for name in names}
        own |= {"dropout": self.dropout.rate, "output": serialize(self.matrix)}
        own |= {name: serialize(getattr(self, name)) for name in PARTS}
        own["norms"] = self.norms and [serialize(norm) for norm in self.norms]
        return super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SelfAttention":
        return cls(**deserialize(config, *PARTS, "norms", "output"))


PARTS = ("query", "key", "value", "relative")


def turned(x: Any, base: float) -> Any:
    """Channels i and i + d / 2 of (..., positions, d), turned by ``t * base^(-2i / d)``
    (Su et al., 2021).
    """
    turns = angles(x.shape[-2], x.shape[-1], base)
    cos, sin = (ops.cast(f(turns), x.dtype) for f in (np.cos, np.sin))
    a, b = ops.split(x, 2, axis=-1)
    return ops.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)


@keras.saving.register_keras_serializable(package="netspec")
class RelativeBias(layers.Layer):
    """A learned bias for each head and distance from key to query, the last of them for
    all that are farther.
    """

    def __init__(
        self, heads: int, reach: int, initializer: Any = "zeros", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.heads = heads
        self.reach = reach
        self.initializer = initializers.get(initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        table, first = (self.heads, 2 * self.reach - 1), self.initializer
        self.weight = self.add_weight(table, initializer=first, name="weight")

    def call(self, ages: Any) -> Any:
        most = self.reach - 1
        return ops.take(self.weight, ops.clip(-ages, -most, most) + most, axis=1)

    def get_config(self) -> dict[str, Any]:
        initializer = initializers.serialize(self.initializer)
        own = {"heads": self.heads, "reach": self.reach, "initializer": initializer}
        return super().get_config() | own
