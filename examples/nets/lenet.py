"""LeNet-5: LeCun et al., "Gradient-based learning applied to document recognition"
(1998), in the form of Zhang et al., "Dive into Deep Learning", section 7.6: sigmoid
after every layer, all feature maps connected, a linear output.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled
from netspec import AvgPool2D, Conv2D, Dense, Flatten, Sigmoid, Spec


def lenet(
    input_shape: Sequence[int] = (1, 28, 28), classes: int = 10, width: float = 1
) -> Spec:
    """LeNet-5; 61,706 parameters as published, for 28 x 28 gray images, 10 classes.

    Args:
        input_shape: channels, height, width; at least 12 x 12.
        classes: size of the output.
        width: multiplies every number of channels and hidden units.
    """
    layers = [
        Conv2D(scaled(6, width), kernel_size=5, padding="same", name="conv1"),
        Sigmoid(),
        AvgPool2D(2, name="pool1"),
        Conv2D(scaled(16, width), kernel_size=5, name="conv2"),
        Sigmoid(),
        AvgPool2D(2, name="pool2"),
        Flatten(),
        Dense(scaled(120, width), name="fc1"),
        Sigmoid(),
        Dense(scaled(84, width), name="fc2"),
        Sigmoid(),
        Dense(classes, name="fc3"),
    ]
    return Spec("lenet", input_shape, layers, init="glorot")
