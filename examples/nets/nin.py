"""NiN: Lin, Chen and Yan, "Network in network" (2014), in the form of Zhang et al.,
"Dive into Deep Learning", section 8.3: AlexNet's windows, global average pooling.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled
from netspec import Conv2D, Dropout, GlobalAvgPool2D, MaxPool2D, ReLU, Sequential, Spec


def nin(
    input_shape: Sequence[int] = (1, 224, 224), classes: int = 10, width: float = 1
) -> Spec:
    """NiN; 1,992,166 parameters at 1 x 224 x 224 with 10 classes.

    Args:
        input_shape: channels, height, width; at least 67 x 67.
        classes: size of the output.
        width: multiplies every number of channels but the last.
    """
    layers = [
        _block(scaled(96, width), kernel_size=11, stride=4, name="block1"),
        MaxPool2D(3, stride=2, name="pool1"),
        _block(scaled(256, width), kernel_size=5, padding=2, name="block2"),
        MaxPool2D(3, stride=2, name="pool2"),
        _block(scaled(384, width), kernel_size=3, padding=1, name="block3"),
        MaxPool2D(3, stride=2, name="pool3"),
        Dropout(0.5),
        _block(classes, kernel_size=3, padding=1, name="block4"),
        GlobalAvgPool2D(),
    ]
    return Spec("nin", input_shape, layers, init="glorot")


def _block(
    channels: int, *, kernel_size: int, stride: int = 1, padding: int = 0, name: str
) -> Sequential:
    """Make a convolution and a two-layer perceptron at every position."""
    conv = Conv2D(channels, kernel_size=kernel_size, stride=stride, padding=padding)
    pointwise = [ReLU(), Conv2D(channels, kernel_size=1)] * 2
    return Sequential([conv, *pointwise, ReLU()], name=name)
