"""MLP-Mixer: Tolstikhin et al., "MLP-Mixer: an all-MLP architecture for vision" (2021):
one perceptron mixes the patches of an image, another the channels.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled
from netspec import (
    GELU,
    Conv2D,
    Dense,
    Layer,
    LayerNorm,
    Permute,
    Reduce,
    Repeat,
    Reshape,
    Residual,
    Spec,
)

EPS = 1e-6


def mixer(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    patch: int = 16,
    blocks: int = 8,
) -> Spec:
    """Mixer-S/16; 18,528,264 parameters at 3 x 224 x 224 (the paper: 18 million).

    Args:
        input_shape: channels, height, width; multiples of `patch`.
        classes: size of the output.
        width: multiplies every number of channels and hidden units.
        patch: height and width of a patch.
        blocks: number of blocks.
    """
    channels, hidden, wide = (scaled(size, width) for size in (512, 256, 2048))
    _, height, breadth = input_shape
    patches = (height // patch) * (breadth // patch)
    block = [_mix_patches(hidden, patches), _mix_channels(wide, channels)]
    layers = [
        Conv2D(channels, kernel_size=patch, stride=patch, name="patches"),
        *(Reshape((channels, patches)), Permute((2, 1))),
        Repeat(block, blocks, name="blocks"),
        *(LayerNorm(eps=EPS), Reduce(1), Dense(classes, name="fc")),
    ]
    return Spec("mixer", input_shape, layers, init="glorot")


def _mix_patches(hidden: int, patches: int) -> Residual:
    layers = [Permute((2, 1)), *_perceptron(hidden, patches), Permute((2, 1))]
    return Residual([LayerNorm(eps=EPS), *layers])


def _mix_channels(hidden: int, channels: int) -> Residual:
    return Residual([LayerNorm(eps=EPS), *_perceptron(hidden, channels)])


def _perceptron(hidden: int, units: int) -> list[Layer]:
    return [Dense(hidden), GELU(), Dense(units)]
