"""The measured nets, written by hand in Flax NNX."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax.numpy as jnp
from flax import nnx
from jax import Array

from benchmarks.nets import BLOCKS
from benchmarks.sequence_nets import CHANNELS, HEADS, HIDDEN

norm = partial(nnx.BatchNorm, momentum=0.9, use_fast_variance=False)
layer_norm = partial(nnx.LayerNorm, epsilon=1e-5, use_fast_variance=False)
pool = partial(nnx.max_pool, window_shape=(2, 2), strides=(2, 2))


class MLP(nnx.Module):
    """784-256-256-10."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.first = nnx.Linear(784, 256, rngs=rngs)
        self.norm = norm(256, rngs=rngs)
        self.second = nnx.Linear(256, 256, rngs=rngs)
        self.head = nnx.Linear(256, 10, rngs=rngs)

    def __call__(self, x: Array) -> Any:
        x = nnx.relu(self.norm(self.first(x)))
        return self.head(nnx.relu(self.second(x)))


class CNN(nnx.Module):
    """Two stages, channels last inside."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.first = nnx.Conv(1, 16, (3, 3), padding=1, rngs=rngs)
        self.first_norm = norm(16, rngs=rngs)
        self.second = nnx.Conv(16, 32, (3, 3), padding=1, rngs=rngs)
        self.second_norm = norm(32, rngs=rngs)
        self.head = nnx.Linear(32 * 7 * 7, 10, rngs=rngs)

    def __call__(self, x: Array) -> Any:
        x = x.transpose(0, 2, 3, 1)
        x = pool(nnx.relu(self.first_norm(self.first(x))))
        x = pool(nnx.relu(self.second_norm(self.second(x))))
        return self.head(x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1))


class Residual(nnx.Module):
    """Twenty residual blocks of 256 units."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        linear = partial(nnx.Linear, 256, 256, rngs=rngs)
        self.blocks = nnx.List([linear() for _ in range(BLOCKS)])
        self.head = nnx.Linear(256, 10, rngs=rngs)

    def __call__(self, x: Array) -> Any:
        for block in self.blocks:
            x = x + nnx.relu(block(x))
        return self.head(x)


class Block(nnx.Module):
    """A block of a GPT."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.first_norm = layer_norm(CHANNELS, rngs=rngs)
        self.attention = nnx.MultiHeadAttention(
            HEADS, CHANNELS, decode=False, rngs=rngs
        )
        self.second_norm = layer_norm(CHANNELS, rngs=rngs)
        self.up = nnx.Linear(CHANNELS, HIDDEN, rngs=rngs)
        self.down = nnx.Linear(HIDDEN, CHANNELS, rngs=rngs)

    def __call__(self, x: Array) -> Any:
        x = x + self.attention(self.first_norm(x), is_causal=True)
        return x + self.down(nnx.gelu(self.up(self.second_norm(x))))


def lstm(rngs: nnx.Rngs) -> Any:
    """Flax's own cell, which has one bias of each gate."""
    return nnx.RNN(nnx.OptimizedLSTMCell(CHANNELS, CHANNELS, rngs=rngs))


BY_HAND: dict[str, Any] = {
    "MLP": MLP,
    "CNN": CNN,
    "residual MLP": Residual,
    "GPT block": Block,
    "LSTM": lstm,
}


def loss(net: Any, x: Array) -> Array:
    """Compute what training makes small."""
    return jnp.square(net(x)).mean()
