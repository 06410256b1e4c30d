"""ConvNeXt-T: Liu et al., "A ConvNet for the 2020s" (2022), as in torchvision: a
ResNet with the habits of Transformers.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled
from netspec import (
    GELU,
    Constant,
    Conv2D,
    Dense,
    GlobalAvgPool2D,
    InitPolicy,
    Layer,
    LayerNorm,
    Normal,
    Permute,
    Residual,
    Scale,
    Sequential,
    Spec,
    StochasticDepth,
)

STAGES = ((96, 3), (192, 3), (384, 9), (768, 3))  # channels and number of blocks
EPS = 1e-6
DROPPED = 0.1  # of the examples in the last block, and less before
LAST, FIRST = Permute((2, 3, 1)), Permute((3, 1, 2))  # where the channels are


def convnext_tiny(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    stages: Sequence[tuple[int, int]] = STAGES,
) -> Spec:
    """ConvNeXt-T; 28,589,128 parameters (torchvision's convnext_tiny) at 3 x 224 x 224.

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: multiplies every number of channels.
        stages: channels and number of blocks of each stage.
    """
    layers: list[Layer] = []
    blocks, done = sum(count for _, count in stages), 0
    for index, (wide, count) in enumerate(stages, start=1):
        channels = scaled(wide, width)
        size = 2 if layers else 4
        smaller = Conv2D(channels, kernel_size=size, stride=size)
        layers += [*_norm(), smaller] if layers else [smaller, *_norm()]
        rates = [DROPPED * (done + i) / (blocks - 1) for i in range(count)]
        inside = [_block(channels, rate) for rate in rates]
        layers.append(Sequential(inside, name=f"stage{index}"))
        done += count
    head = [GlobalAvgPool2D(), LayerNorm(eps=EPS), Dense(classes, name="fc")]
    # Truncated at 100 standard deviations there
    init = InitPolicy(Normal(0.02))
    return Spec("convnext_tiny", input_shape, [*layers, *head], init=init)


def _norm() -> list[Layer]:
    """Normalize the channels at every position."""
    return [LAST, LayerNorm(eps=EPS), FIRST]


def _block(channels: int, rate: float) -> Residual:
    """Filter each channel alone, then let a perceptron mix the channels."""
    filtered = Conv2D(channels, kernel_size=7, padding=3, groups=channels)
    mixed = [Dense(4 * channels), GELU(), Dense(channels)]
    scale = Scale(init={"weight": Constant(1e-6)})
    body = [filtered, LAST, LayerNorm(eps=EPS), *mixed, FIRST, scale]
    return Residual([*body, StochasticDepth(rate)])
