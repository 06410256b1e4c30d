"""MobileNet v1: Howard et al., "MobileNets: efficient convolutional neural networks
for mobile vision applications" (2017): depthwise, then pointwise convolutions.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import conv_bn_relu, scaled
from netspec import Dense, GlobalAvgPool2D, Sequential, Spec

# Table 1 of the paper: output channels and stride of each separable convolution
BLOCKS = (
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1),) * 5,
    *((1024, 2), (1024, 1)),
)


def mobilenet(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    blocks: Sequence[tuple[int, int]] = BLOCKS,
) -> Spec:
    """MobileNet v1; 4,231,976 parameters (Gluon's mobilenet1_0, Keras' MobileNet) at
    3 x 224 x 224.

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: the paper's width multiplier.
        blocks: output channels and stride of each separable convolution.
    """
    channels = scaled(32, width)
    layers = conv_bn_relu(channels, 3, stride=2, padding=1)
    for index, (wide, stride) in enumerate(blocks, start=1):
        block = _separable(channels, scaled(wide, width), stride, f"block{index}")
        layers.append(block)
        channels = scaled(wide, width)
    head = [GlobalAvgPool2D(), Dense(classes, name="fc")]
    return Spec("mobilenet", input_shape, [*layers, *head], init="glorot")


def _separable(channels: int, out: int, stride: int, name: str) -> Sequential:
    depthwise = conv_bn_relu(channels, 3, stride=stride, padding=1, groups=channels)
    return Sequential([*depthwise, *conv_bn_relu(out, 1)], name=name)
