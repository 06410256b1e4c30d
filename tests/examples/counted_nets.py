"""Parameters of nets that nobody published a count of: by formula, from the sizes that
the papers give.
"""

from __future__ import annotations

from itertools import pairwise
from math import prod


def affine(read: int, made: int, *window: int, bias: bool = True) -> int:
    """Count a dense layer or a convolution."""
    return made * (read * prod(window) + bias)


def alexnet() -> int:
    """Count section 3.5 of the paper: from the second convolution on, all but the third
    read half of the channels.
    """
    return (
        affine(3, 96, 11, 11)
        + affine(96 // 2, 256, 5, 5)
        + affine(256, 384, 3, 3)
        + affine(384 // 2, 384, 3, 3)
        + affine(384 // 2, 256, 3, 3)
        + affine(256 * 6 * 6, 4096)
        + affine(4096, 4096)
        + affine(4096, 1000)
    )


def lstm_language_model() -> int:
    """Count two layers of four gates, each with two matrices and two biases."""
    words, units = 10000, 650
    layer = 2 * affine(units, 4 * units)
    return words * units + 2 * layer + affine(units, words)


def mixer() -> int:
    """Mixer-S/16: table 1 of the paper; 196 patches of 16 x 16 x 3."""
    patches, channels, hidden, wide = 196, 512, 256, 2048
    norm = 2 * channels
    mix_patches = affine(patches, hidden) + affine(hidden, patches)
    mix_channels = affine(channels, wide) + affine(wide, channels)
    block = 2 * norm + mix_patches + mix_channels
    return affine(3, channels, 16, 16) + 8 * block + norm + affine(channels, 1000)


def unet() -> int:
    """Count figure 1 of the paper: twenty-three convolutions, of which four rise."""
    sizes = (64, 128, 256, 512, 1024)
    down = [affine(r, m, 3, 3) for r, m in pairwise((1, *sizes))]
    again = [affine(n, n, 3, 3) for n in sizes]
    rise = [affine(2 * n, n, 2, 2) for n in sizes[:-1]]
    up = [affine(2 * n, n, 3, 3) + affine(n, n, 3, 3) for n in sizes[:-1]]
    return sum([*down, *again, *rise, *up]) + affine(64, 2)


def wavenet() -> int:
    """Count 30 blocks of two causal convolutions and a pointwise one."""
    read, residual, skipped, classes = 256, 64, 128, 256
    both = residual + skipped
    block = 2 * affine(residual, residual, 2) + affine(residual, both)
    head = affine(skipped, skipped) + affine(skipped, classes)
    return affine(read, both, 2) + 30 * block + head


COUNTED = {
    "alexnet": alexnet(),
    "lstm_language_model": lstm_language_model(),
    "mixer": mixer(),
    "unet": unet(),
    "wavenet": wavenet(),
}
