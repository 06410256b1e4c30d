"""GPT-2 small: Radford et al., "Language models are unsupervised multitask learners"
(2019).
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled, transformer_block
from netspec import (
    GELU,
    Dense,
    Dropout,
    Embedding,
    InitPolicy,
    LayerNorm,
    MultiHeadAttention,
    Normal,
    PositionEmbedding,
    Repeat,
    Spec,
)

POSITIONS = 1024
DROPPED = 0.1


def gpt2(
    input_shape: Sequence[int] = (POSITIONS,),
    vocabulary: int = 50257,
    width: float = 1,
    heads: int = 12,
    blocks: int = 12,
    positions: int = POSITIONS,
) -> Spec:
    """GPT-2 small; 124,439,808 parameters; the head multiplies by the table of tokens.

    Args:
        input_shape: number of tokens; at most `positions`.
        vocabulary: number of different tokens.
        width: multiplies every number of channels and hidden units.
        heads: of the attention.
        blocks: number of blocks.
        positions: most tokens.
    """
    channels = scaled(768, width)
    attention = MultiHeadAttention(heads, causal=True, dropout=DROPPED)
    block = transformer_block(
        attention, channels, GELU(approximate=True), dropped=DROPPED
    )
    layers = [
        Embedding(vocabulary, channels, name="tokens"),
        PositionEmbedding(positions, name="positions"),
        *(Dropout(DROPPED), Repeat(block, blocks, name="blocks"), LayerNorm()),
        Dense(vocabulary, bias=False, name="head"),
    ]
    init = InitPolicy(Normal(0.02))
    ties = {"head.weight": "tokens.weight"}
    return Spec("gpt2", input_shape, layers, init, input_dtype="int", ties=ties)
