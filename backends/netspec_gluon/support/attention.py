"""Attention of a sequence to itself, composed of products and a softmax: MXNet's own,
such as `interleaved_matmul_selfatt_qk`, has no float64 on a CPU and no grouped keys.
"""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import numpy as np
from mxnet.gluon import nn

from netspec_gluon.support.normalization import RMSNorm
from netspec_gluon.support.positions import angles, fixed

UNSEEN = -1e30  # exp of it is 0, and unlike infinity it has no NaN in its neighborhood


class SelfAttention(nn.HybridBlock):
    """Attention over (..., positions, channels).

    Args:
        channels: of the input and the output.
        heads: of queries.
        head_dim: channels of a head.
        key_heads: of keys and values, each read by as many heads; `heads` if None.
        causal: whether position i sees positions up to i alone.
        window: how many of these are seen, i itself included; all if None.
        use_bias: whether the four matrices have one.
        norms: whether queries and keys of each head are normalized.
        rotary: turns queries and keys; None for no rotary positions.
        relative: learned bias for each head and distance; None for none.
        dropout: zeroes attention weights in training; None for none.
    """

    def __init__(
        self,
        channels: int,
        heads: int,
        head_dim: int,
        key_heads: int | None = None,
        causal: bool = False,
        window: int | None = None,
        use_bias: bool = True,
        norms: bool = False,
        rotary: nn.HybridBlock | None = None,
        relative: nn.HybridBlock | None = None,
        dropout: nn.HybridBlock | None = None,
    ) -> None:
        super().__init__()
        self.heads = heads
        self.key_heads = key_heads or heads
        self.scale = head_dim**-0.5
        self.causal = causal
        self.window = window
        inner, outer = self.key_heads * head_dim, heads * head_dim
        how = {"use_bias": use_bias, "flatten": False}
        self.query = nn.Dense(outer, in_units=channels, **how)
        self.key = nn.Dense(inner, in_units=channels, **how)
        self.value = nn.Dense(inner, in_units=channels, **how)
        self.query_norm = RMSNorm(head_dim) if norms else None
        self.key_norm = RMSNorm(head_dim) if norms else None
        self.rotary = rotary
        self.relative = relative
        self.output = nn.Dense(channels, in_units=outer, **how)
        self.dropout = dropout

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        rows = F.reshape(x, shape=(-1, 0, 0), reverse=True)  # (batch, positions, c)
        q = self.placed(self.split(F, self.query(rows), self.heads), self.query_norm)
        k = self.placed(self.split(F, self.key(rows), self.key_heads), self.key_norm)
        v = self.split(F, self.value(rows), self.key_heads)
        scores = F.batch_dot(q, self.repeated(F, k), transpose_b=True) * self.scale
        weights = F.softmax(self.seen(F, scores, rows), axis=-1)
        weights = weights if self.dropout is None else self.dropout(weights)
        y = F.batch_dot(weights, self.repeated(F, v))
        y = F.reshape(y, shape=(-4, -1, self.heads, 0, 0))
        y = F.reshape(F.transpose(y, axes=(0, 2, 1, 3)), shape=(0, 0, -3))
        return F.reshape_like(self.output(y), x)

    def split(self, F: Any, x: Any, heads: int) -> Any:
        """(batch, positions, heads * d) as (batch * heads, positions, d)."""
        parts = F.reshape(x, shape=(0, 0, -4, heads, -1))
        return F.reshape(F.transpose(parts, axes=(0, 2, 1, 3)), shape=(-3, 0, 0))

    def placed(self, x: Any, norm: nn.HybridBlock | None) -> Any:
        """Queries or keys, normalized and turned, as far as they are."""
        x = x if norm is None else norm(x)
        return x if self.rotary is None else self.rotary(x)

    def repeated(self, F: Any, x: Any) -> Any:
        """Keys or values, once for each head that reads them."""
        count = self.heads // self.key_heads
        return x if count == 1 else F.repeat(x, repeats=count, axis=0)

    def seen(self, F: Any, scores: Any, rows: Any) -> Any:
        """Scores with what is learned for distances, far below where a key is not
        seen.
        """
        steps = F.contrib.arange_like(rows, axis=1)
        ages = F.broadcast_sub(F.expand_dims(steps, 1), F.expand_dims(steps, 0))
        if self.relative is not None:
            by_head = F.reshape(scores, shape=(-4, -1, self.heads, 0, 0))
            biased = F.broadcast_add(by_head, self.relative(ages))
            scores = F.reshape(biased, shape=(-3, 0, 0))
        if not self.causal:
            return scores
        near = ages >= 0
        near = near if self.window is None else near * (ages < self.window)
        near = F.broadcast_like(F.expand_dims(near, 0), scores)
        return F.where(near, scores, F.ones_like(scores) * UNSEEN)


class Rotary(nn.HybridBlock):
    """Turn channels i and i + d / 2 of (batch, positions, d) by ``t * base^(-2i / d)``
    (Su et al., 2021).
    """

    def __init__(self, positions: int, head_dim: int, base: float = 10000.0) -> None:
        super().__init__()
        turns = angles(positions, head_dim, base)
        table = np.concatenate([np.cos(turns), np.sin(turns)], axis=-1)
        self.gamma = fixed(self, "gamma", table[None])

    def hybrid_forward(self, F: Any, x: Any, gamma: Any) -> Any:
        cos, sin = F.split(F.slice_like(gamma, x, axes=(1,)), 2, axis=2)
        a, b = F.split(x, 2, axis=2)
        first = F.broadcast_mul(a, cos) - F.broadcast_mul(b, sin)
        last = F.broadcast_mul(b, cos) + F.broadcast_mul(a, sin)
        return F.concat(first, last, dim=2)


class RelativeBias(nn.HybridBlock):
    """A learned bias for each head and distance from key to query, the last of them for
    all that are farther: (1, heads, positions, positions).
    """

    def __init__(self, heads: int, reach: int) -> None:
        super().__init__()
        self.most = reach - 1
        self.weight = self.params.get(
            "weight", shape=(heads, 2 * reach - 1), init="zeros"
        )

    def hybrid_forward(self, F: Any, ages: Any, weight: Any) -> Any:
        index = F.clip(0 - ages, -self.most, self.most) + self.most
        return F.expand_dims(F.take(weight, index, axis=1), 0)
