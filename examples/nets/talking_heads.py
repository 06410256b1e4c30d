"""An attention that no option of `MultiHeadAttention` gives, made of its parts: heads
that talk (Shazeer et al., "Talking-heads attention", 2020), in a classifier of patches.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled, transformer_block
from netspec import (
    GELU,
    Conv2D,
    Dense,
    GlobalAvgPool1D,
    Layer,
    LayerNorm,
    Parallel,
    Permute,
    PositionEmbedding,
    Repeat,
    Rescale,
    Reshape,
    Scale,
    Sequential,
    Slice,
    Softmax,
    Spec,
)

EXCHANGED = Permute((2, 1))  # channels last, or first


def talking_heads(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    patch: int = 16,
    heads: int = 4,
    blocks: int = 24,
) -> Spec:
    """Stack blocks whose heads mix their products, and their weights; the sizes are
    those of CaiT-XXS24 (Touvron et al., "Going deeper with image transformers", 2021).

    Args:
        input_shape: channels, height, width; multiples of `patch`.
        classes: size of the output.
        width: multiplies every number of channels and hidden units.
        patch: height and width of a patch.
        heads: of the attention.
        blocks: number of blocks.
    """
    channels = scaled(192, width)
    _, height, breadth = input_shape
    patches = (height // patch) * (breadth // patch)
    attention = Sequential(_attention(patches, channels, heads))
    layers = [
        Conv2D(channels, kernel_size=patch, stride=patch, name="patches"),
        *(Reshape((channels, patches)), EXCHANGED, PositionEmbedding(name="positions")),
        Repeat(transformer_block(attention, channels, GELU()), blocks, name="blocks"),
        *(LayerNorm(), EXCHANGED, GlobalAvgPool1D(), Dense(classes, name="head")),
    ]
    return Spec("talking_heads", input_shape, layers, init="glorot")


def _attention(length: int, channels: int, heads: int) -> list[Layer]:
    """Make an attention over (length, channels), its inside (heads, length, length).

    To mix heads is a convolution of one position over them. What comes before the
    softmax has no bias: one for a whole row would change nothing.
    """
    dim = channels // heads
    thirds = [(n * heads, (n + 1) * heads) for n in range(3)]
    queries, keys, values = (Slice(1, start=a, stop=b) for a, b in thirds)
    products = Parallel([[queries], [keys, Permute((1, 3, 2))]], merge="matmul")
    mixed = Conv2D(heads, kernel_size=1, bias=False)
    weights = [
        *(products, Rescale(dim**-0.5), mixed, Softmax()),
        Conv2D(heads, kernel_size=1, bias=False),
    ]
    return [
        Dense(3 * channels, bias=False),
        *(Reshape((length, 3 * heads, dim)), Permute((2, 1, 3))),
        Parallel([weights, [values]], merge="matmul"),
        Scale(),  # of heads, as in NormFormer (Shleifer, Weston and Ott, 2021)
        *(Permute((2, 1, 3)), Reshape((length, channels)), Dense(channels)),
    ]
