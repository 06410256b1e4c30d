"""ViT-B/16: Dosovitskiy et al., "An image is worth 16 x 16 words" (2021), as in
torchvision: patches of an image are the words of a Transformer.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled, transformer_block
from netspec import (
    GELU,
    ClassToken,
    Conv2D,
    Dense,
    LayerNorm,
    MultiHeadAttention,
    Permute,
    PositionEmbedding,
    Repeat,
    Reshape,
    Select,
    Spec,
)

EPS = 1e-6


def vit_b16(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    patch: int = 16,
    heads: int = 12,
    blocks: int = 12,
) -> Spec:
    """ViT-B/16; 86,567,656 parameters (torchvision's vit_b_16) at 3 x 224 x 224.

    Args:
        input_shape: channels, height, width; multiples of `patch`.
        classes: size of the output.
        width: multiplies every number of channels and hidden units.
        patch: height and width of a patch.
        heads: of the attention.
        blocks: number of blocks.
    """
    channels = scaled(768, width)
    _, height, breadth = input_shape
    patches = (height // patch) * (breadth // patch)
    attention = MultiHeadAttention(heads)
    layers = [
        Conv2D(channels, kernel_size=patch, stride=patch, name="patches"),
        *(Reshape((channels, patches)), Permute((2, 1))),
        *(ClassToken(name="token"), PositionEmbedding(name="positions")),
        Repeat(
            transformer_block(attention, channels, GELU(), eps=EPS),
            blocks,
            name="blocks",
        ),
        *(LayerNorm(eps=EPS), Select(1, 0), Dense(classes, name="head")),
    ]
    return Spec("vit_b16", input_shape, layers, init="glorot")
