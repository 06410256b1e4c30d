"""VGG-11 (configuration A): Simonyan and Zisserman, "Very deep convolutional networks
for large-scale image recognition" (2015), initialized as in torchvision.
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
    KaimingNormal,
    Layer,
    MaxPool2D,
    Normal,
    ReLU,
    Sequential,
    Spec,
)

STAGES = ((64,), (128,), (256, 256), (512, 512), (512, 512))
INIT = InitPolicy(
    KaimingNormal("relu", fan="fan_out"), rules=[InitRule("fc*.weight", Normal(0.01))]
)


def vgg11(
    input_shape: Sequence[int] = (3, 224, 224), classes: int = 1000, width: float = 1
) -> Spec:
    """VGG-11; 132,863,336 parameters (torchvision's vgg11) at 3 x 224 x 224.

    Args:
        input_shape: channels, height, width; at least 32 x 32.
        classes: size of the output.
        width: multiplies every number of channels and hidden units.
    """
    stages = [
        _stage([scaled(channels, width) for channels in stage], name=f"stage{i}")
        for i, stage in enumerate(STAGES, start=1)
    ]
    hidden = scaled(4096, width)
    head = [
        Flatten(),
        *(Dense(hidden, name="fc1"), ReLU(), Dropout()),
        *(Dense(hidden, name="fc2"), ReLU(), Dropout()),
        Dense(classes, name="fc3"),
    ]
    return Spec("vgg11", input_shape, [*stages, *head], init=INIT)


def _stage(sizes: Sequence[int], name: str) -> Sequential:
    layers: list[Layer] = []
    for channels in sizes:
        layers += [Conv2D(channels, kernel_size=3, padding=1), ReLU()]
    return Sequential([*layers, MaxPool2D(2)], name=name)
