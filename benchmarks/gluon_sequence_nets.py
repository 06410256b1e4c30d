"""The nets for sequences, written by hand in Gluon."""

from __future__ import annotations

from typing import Any

import netspec_gluon  # noqa: F401  (first: without it MXNet cannot be imported)
from benchmarks.sequence_nets import CHANNELS, HEADS, HIDDEN

# isort: split
from mxnet.gluon import nn, rnn


class Gelu(nn.HybridBlock):  # type: ignore[misc]
    """``x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))``, as in GluonNLP."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return 0.5 * x * (1 + F.tanh(0.7978845608 * (x + 0.044715 * x * x * x)))


class Attention(nn.HybridBlock):  # type: ignore[misc]
    """Causal attention with one matrix for all that it reads, as in GluonNLP."""

    def __init__(self) -> None:
        super().__init__()
        how = {"flatten": False, "in_units": CHANNELS}
        self.reads = nn.Dense(3 * CHANNELS, **how)
        self.output = nn.Dense(CHANNELS, **how)
        self.scale = (CHANNELS // HEADS) ** -0.5

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        parts = F.split(self.reads(x), 3, axis=2)
        q, k, v = (self.by_head(F, part) for part in parts)
        scores = F.batch_dot(q * self.scale, k, transpose_b=True)
        steps = F.contrib.arange_like(x, axis=1)
        seen = F.broadcast_greater_equal(steps.expand_dims(1), steps.expand_dims(0))
        seen = F.broadcast_like(seen.expand_dims(0), scores)
        scores = F.where(seen, scores, -1e18 * F.ones_like(scores))
        y = F.batch_dot(F.softmax(scores), v)
        y = F.transpose(F.reshape(y, (-4, -1, HEADS, 0, 0)), (0, 2, 1, 3))
        return self.output(F.reshape(y, (0, 0, -3)))

    def by_head(self, F: Any, x: Any) -> Any:
        x = F.transpose(F.reshape(x, (0, 0, -4, HEADS, -1)), (0, 2, 1, 3))
        return F.reshape(x, (-3, 0, 0))


class GptBlock(nn.HybridBlock):  # type: ignore[misc]
    """A block of GPT-2 without dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(in_channels=CHANNELS)
        self.attention = Attention()
        self.norm2 = nn.LayerNorm(in_channels=CHANNELS)
        self.rise = nn.Dense(HIDDEN, flatten=False, in_units=CHANNELS)
        self.gelu = Gelu()
        self.fall = nn.Dense(CHANNELS, flatten=False, in_units=HIDDEN)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        x = x + self.attention(self.norm1(x))
        return x + self.fall(self.gelu(self.rise(self.norm2(x))))


def lstm() -> rnn.LSTM:
    return rnn.LSTM(CHANNELS, layout="NTC", input_size=CHANNELS)


BY_HAND = {"GPT block": GptBlock, "LSTM": lstm}
