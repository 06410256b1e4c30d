"""AlexNet: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
convolutional neural networks" (2012). Its two GPUs are two groups of channels here.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled
from netspec import (
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InitPolicy,
    InitRule,
    Layer,
    LocalResponseNorm,
    MaxPool2D,
    Normal,
    Ones,
    ReLU,
    Spec,
)

# Section 3.3, whose alpha multiplies the sum, not the mean, of 5 squares
RESPONSE = LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2)
POSITIVE = ("conv[245].bias", "fc[67].bias")  # where ReLU starts with positive inputs
INIT = InitPolicy(
    Normal(0.01), rules=[InitRule(pattern, Ones()) for pattern in POSITIVE]
)


def alexnet(
    input_shape: Sequence[int] = (3, 227, 227), classes: int = 1000, width: float = 1
) -> Spec:
    """AlexNet; 60,965,224 parameters at 3 x 227 x 227 (the paper: 60 million).

    Args:
        input_shape: channels, height, width; at least 67 x 67.
        classes: size of the output.
        width: multiplies every number of channels and hidden units.
    """
    first, second, third, last = (scaled(n, width / 2) * 2 for n in (96, 256, 384, 256))
    hidden = scaled(4096, width)
    layers = [
        *_conv(first, 11, "conv1", stride=4),
        *(RESPONSE, MaxPool2D(3, stride=2, name="pool1")),
        *_conv(second, 5, "conv2", padding=2, groups=2),
        *(RESPONSE, MaxPool2D(3, stride=2, name="pool2")),
        *_conv(third, 3, "conv3", padding=1),
        *_conv(third, 3, "conv4", padding=1, groups=2),
        *_conv(last, 3, "conv5", padding=1, groups=2),
        *(MaxPool2D(3, stride=2, name="pool5"), Flatten()),
        *(Dense(hidden, name="fc6"), ReLU(), Dropout()),
        *(Dense(hidden, name="fc7"), ReLU(), Dropout()),
        Dense(classes, name="fc8"),
    ]
    return Spec("alexnet", input_shape, layers, init=INIT)


def _conv(
    channels: int,
    kernel_size: int,
    name: str,
    stride: int = 1,
    padding: int = 0,
    groups: int = 1,
) -> list[Layer]:
    conv = Conv2D(
        channels,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        groups=groups,
        name=name,
    )
    return [conv, ReLU()]
