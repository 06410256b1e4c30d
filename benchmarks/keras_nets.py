"""The measured nets, written by hand in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from benchmarks.nets import BLOCKS
from benchmarks.sequence_nets import CHANNELS, HEADS, HIDDEN


def norm() -> Any:
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)


def mlp() -> Any:
    """784-256-256-10."""
    first = [layers.Dense(256), norm(), layers.ReLU()]
    rest = [layers.Dense(256, activation="relu"), layers.Dense(10)]
    return keras.Sequential([keras.Input((784,)), *first, *rest])


def cnn() -> Any:
    """Two stages, channels last inside."""
    stages = []
    for channels in (16, 32):
        convolution = layers.Conv2D(channels, 3, padding="same")
        stages += [convolution, norm(), layers.ReLU(), layers.MaxPooling2D(2)]
    last = [layers.Permute((3, 1, 2)), layers.Flatten(), layers.Dense(10)]
    first = [keras.Input((1, 28, 28)), layers.Permute((2, 3, 1))]
    return keras.Sequential([*first, *stages, *last])


def residual() -> Any:
    """Twenty residual blocks of 256 units."""
    given = x = keras.Input((256,))
    for _ in range(BLOCKS):
        x = layers.Add()([x, layers.Dense(256, activation="relu")(x)])
    return keras.Model(given, layers.Dense(10)(x))


def gpt_block() -> Any:
    """Attention and two matrices, as in a GPT."""
    given = x = keras.Input((64, CHANNELS))
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    attention = layers.MultiHeadAttention(HEADS, CHANNELS // HEADS)
    x = layers.Add()([x, attention(y, y, use_causal_mask=True)])
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    y = layers.Dense(HIDDEN, activation="gelu")(y)
    return keras.Model(given, layers.Add()([x, layers.Dense(CHANNELS)(y)]))


def lstm() -> Any:
    """Keras's own layer, which has one bias of each gate."""
    own = layers.LSTM(CHANNELS, return_sequences=True)
    return keras.Sequential([keras.Input((64, CHANNELS)), own])


BY_HAND: dict[str, Any] = {
    "MLP": mlp,
    "CNN": cnn,
    "residual MLP": residual,
    "GPT block": gpt_block,
    "LSTM": lstm,
}
