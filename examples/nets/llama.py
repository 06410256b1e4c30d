"""A decoder like LLaMA: Touvron et al., "LLaMA: open and efficient foundation language
models" (2023), with the sizes of SmolLM-135M (Allal et al., 2024).
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled
from netspec import (
    Dense,
    Embedding,
    InitPolicy,
    Layer,
    MultiHeadAttention,
    Normal,
    Parallel,
    Repeat,
    Residual,
    RMSNorm,
    SiLU,
    Spec,
)

EPS = 1e-5


def llama(
    input_shape: Sequence[int] = (2048,),
    vocabulary: int = 49152,
    width: float = 1,
    heads: tuple[int, int] = (9, 3),
    blocks: int = 30,
) -> Spec:
    """Stack blocks of rotary attention and SwiGLU; 162,826,560 parameters.

    Args:
        input_shape: number of tokens.
        vocabulary: number of different tokens.
        width: multiplies every number of channels and hidden units.
        heads: of queries, and of the keys and values that groups of them share.
        blocks: number of blocks.
    """
    channels, hidden = scaled(576, width), scaled(1536, width)
    queries, keys = heads
    attention = MultiHeadAttention(
        queries, key_heads=keys, causal=True, bias=False, rotary=10000.0
    )
    block = [
        Residual([RMSNorm(eps=EPS), attention]),
        Residual([RMSNorm(eps=EPS), *_swiglu(hidden, channels)]),
    ]
    layers = [
        Embedding(vocabulary, channels, name="tokens"),
        *(Repeat(block, blocks, name="blocks"), RMSNorm(eps=EPS)),
        Dense(vocabulary, bias=False, name="head"),
    ]
    init = InitPolicy(Normal(0.02))
    return Spec("llama", input_shape, layers, init=init, input_dtype="int")


def _swiglu(hidden: int, channels: int) -> list[Layer]:
    """Make a perceptron of which a gate multiplies the hidden units (Shazeer, "GLU
    variants improve Transformer", 2020).
    """
    gate, value = Dense(hidden, bias=False), Dense(hidden, bias=False)
    gated = Parallel([[gate, SiLU()], [value]], merge="multiply")
    return [gated, Dense(channels, bias=False)]
