"""Parameters of nets that nobody published a count of: by formula, from the sizes that
the papers give.
"""

from __future__ import annotations

from itertools import pairwise, permutations
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


def gpt2() -> int:
    """GPT-2 small: table 2 of the paper, 12 layers of 768; 50257 tokens, 1024 of them
    in a row; the head has the table of the tokens.
    """
    tokens, channels = 50257, 768
    attention = 4 * affine(channels, channels)
    perceptron = affine(channels, 4 * channels) + affine(4 * channels, channels)
    block = 4 * channels + attention + perceptron
    return tokens * channels + 1024 * channels + 12 * block + 2 * channels


def llama() -> int:
    """SmolLM-135M: 30 layers of 576, 9 heads of which 3 share keys and values."""
    tokens, channels, hidden = 49152, 576, 1536
    shared = channels * 3 // 9
    attention = 2 * channels * channels + 2 * channels * shared
    block = 2 * channels + attention + 3 * channels * hidden
    return 2 * tokens * channels + 30 * block + channels


def talking_heads() -> int:
    """Count 24 blocks of 192 channels and 4 heads, which mix twice, and 196 patches of
    16 x 16 x 3.
    """
    patches, channels, heads = 196, 192, 4
    mixes = 2 * heads * heads + heads
    attention = 3 * channels * channels + mixes + affine(channels, channels)
    perceptron = affine(channels, 4 * channels) + affine(4 * channels, channels)
    block = 4 * channels + attention + perceptron
    first = affine(3, channels, 16, 16) + patches * channels
    return first + 24 * block + 2 * channels + affine(channels, 1000)


def convs(read: int, made: int, window: int) -> int:
    """Count a square convolution without bias, and BatchNorm."""
    return affine(read, made, window, window, bias=False) + 2 * made


def bottleneck(read: int, narrow: int) -> int:
    """Count three convolutions and the projection around them."""
    wide = 4 * narrow
    inside = convs(read, narrow, 1) + convs(narrow, narrow, 3) + convs(narrow, wide, 1)
    return inside + convs(read, wide, 1)


def fit(read: int, made: int, to: int) -> int:
    """Count what brings an image to one so many sizes below, or above."""
    return (
        (to - 1) * convs(read, read, 3) + convs(read, made, 3)
        if to > 0
        else convs(read, made, 1)
    )


def hrnet_w18_small() -> int:
    """HRNet-W18-small: cls_hrnet_w18_small_v1 of the authors' code."""
    wide, heads = (16, 32, 64, 128), (32, 64, 128, 256)
    count = convs(3, 64, 3) + convs(64, 64, 3) + bottleneck(64, 32)
    count += convs(128, 16, 3) + convs(128, 32, 3)
    count += convs(32, 64, 3) + convs(64, 128, 3)
    for sizes in (2, 3, 4):
        count += sum(4 * convs(n, n, 3) for n in wide[:sizes])
        pairs = permutations(range(sizes), 2)
        count += sum(fit(wide[i], wide[j], j - i) for i, j in pairs)
    count += sum(map(bottleneck, wide, heads))
    count += sum(affine(4 * a, 4 * b, 3, 3) + 2 * 4 * b for a, b in pairwise(heads))
    return count + affine(1024, 2048) + 2 * 2048 + affine(2048, 1000)


def unet_plus_plus() -> int:
    """Count figure 1 of the paper: on each level, the node that is so many steps from
    the left reads as many before it, and one that rises.
    """
    sizes = (32, 64, 128, 256, 512)
    left = [affine(r, m, 3, 3) for r, m in pairwise((3, *sizes))]
    rise, joined, again = [], [], [affine(n, n, 3, 3) for n in sizes]
    for level, (n, below) in enumerate(pairwise(sizes)):
        for step in range(1, len(sizes) - level):
            rise.append(affine(below, n, 2, 2))
            joined.append(affine((step + 1) * n, n, 3, 3))
            again.append(affine(n, n, 3, 3))
    return sum([*left, *rise, *joined, *again]) + affine(32, 1)


COUNTED = {
    "alexnet": alexnet(),
    "gpt2": gpt2(),
    "hrnet_w18_small": hrnet_w18_small(),
    "llama": llama(),
    "lstm_language_model": lstm_language_model(),
    "mixer": mixer(),
    "talking_heads": talking_heads(),
    "unet": unet(),
    "unet_plus_plus": unet_plus_plus(),
    "wavenet": wavenet(),
}
