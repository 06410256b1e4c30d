"""A net like WaveNet: van den Oord et al., "WaveNet: a generative model for raw audio"
(2016). Every output sees its own input and those before it, none behind.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled
from netspec import (
    Conv1D,
    Parallel,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Slice,
    Spec,
    Tanh,
)

DILATIONS = tuple(2**i for i in range(10)) * 3


def wavenet(
    input_shape: Sequence[int] = (256, 4096),
    classes: int = 256,
    width: float = 1,
    dilations: Sequence[int] = DILATIONS,
) -> Spec:
    """Stack gated causal convolutions; 1,017,792 parameters by default.

    The first channels are the residual path, the others the sum of what the blocks
    skip to the end: one pointwise convolution feeds both, and one addition.

    Args:
        input_shape: channels (of one-hot samples), length.
        classes: channels of the output.
        width: multiplies every number of channels but the last.
        dilations: distance between the two taps of each block.
    """
    residual, skipped = scaled(64, width), scaled(128, width)
    blocks = [_block(residual, skipped, dilation) for dilation in dilations]
    layers = [
        _causal(residual + skipped, 1),
        Sequential(blocks, name="blocks"),
        *(Slice(1, start=residual), ReLU()),
        *(Conv1D(skipped, kernel_size=1), ReLU()),
        Conv1D(classes, kernel_size=1, name="logits"),
    ]
    return Spec("wavenet", input_shape, layers, init="glorot")


def _causal(channels: int, dilation: int) -> Conv1D:
    padding = (dilation, 0)  # before, and not after
    return Conv1D(channels, kernel_size=2, dilation=dilation, padding=padding)


def _block(residual: int, skipped: int, dilation: int) -> Residual:
    filtered, gate = _causal(residual, dilation), _causal(residual, dilation)
    gated = Parallel([[filtered, Tanh()], [gate, Sigmoid()]], merge="multiply")
    both = Conv1D(residual + skipped, kernel_size=1)
    return Residual([Slice(1, stop=residual), gated, both])
