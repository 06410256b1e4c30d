"""DenseNet-BC-121: Huang et al., "Densely connected convolutional networks" (2017)."""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import conv_bn_relu, scaled
from netspec import (
    AvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    GlobalAvgPool2D,
    Identity,
    Layer,
    MaxPool2D,
    Parallel,
    ReLU,
    Sequential,
    Spec,
)

BLOCKS = (6, 12, 24, 16)
GROWTH = 32


def densenet121(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    blocks: Sequence[int] = BLOCKS,
) -> Spec:
    """DenseNet-121; 7,978,856 parameters (torchvision, Gluon) at 3 x 224 x 224.

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: multiplies the growth rate, and with it every number of channels.
        blocks: number of layers of each dense block.
    """
    growth = scaled(GROWTH, width)
    channels = 2 * growth
    layers = [
        *conv_bn_relu(channels, 7, stride=2, padding=3),
        MaxPool2D(3, stride=2, padding=1, name="pool"),
    ]
    for index, count in enumerate(blocks, start=1):
        if index > 1:
            channels //= 2
            layers.append(_transition(channels, name=f"transition{index - 1}"))
        layers.append(Sequential([_grow(growth)] * count, name=f"block{index}"))
        channels += count * growth
    head = [BatchNorm(), ReLU(), GlobalAvgPool2D(), Dense(classes, name="fc")]
    return Spec("densenet121", input_shape, [*layers, *head], init="he")


def _grow(growth: int) -> Layer:
    """Join the input and `growth` new channels computed from all of it."""
    new = [
        *(BatchNorm(), ReLU(), Conv2D(4 * growth, kernel_size=1, bias=False)),
        *(BatchNorm(), ReLU()),
        Conv2D(growth, kernel_size=3, padding=1, bias=False),
    ]
    return Parallel([[Identity()], new])


def _transition(channels: int, name: str) -> Sequential:
    conv = Conv2D(channels, kernel_size=1, bias=False)
    return Sequential([BatchNorm(), ReLU(), conv, AvgPool2D(2)], name=name)
