"""U-Net++: Zhou et al., "UNet++: a nested U-Net architecture for medical image
segmentation" (2018). Between the two sides of a U-Net stand nodes, each of which joins
all before it on its level to what comes from the level below.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import scaled
from netspec import Conv2D, ConvTranspose2D, Graph, Layer, MaxPool2D, Node, ReLU, Spec


def unet_plus_plus(
    input_shape: Sequence[int] = (3, 96, 96),
    classes: int = 1,
    width: float = 1,
    depth: int = 4,
) -> Spec:
    """U-Net++; 9,042,177 parameters (the paper: 9.04 million), supervised at the end.

    Args:
        input_shape: channels, height, width; multiples of ``2**depth``.
        classes: channels of the output.
        width: multiplies every number of channels but the last.
        depth: number of pools.
    """
    sizes = [scaled(32 * 2**level, width) for level in range(depth + 1)]
    nodes = [Node("x0_0", _convs(sizes[0]))]
    for level in range(1, depth + 1):
        smaller = [MaxPool2D(2), *_convs(sizes[level])]
        nodes.append(Node(f"x{level}_0", smaller, reads=[f"x{level - 1}_0"]))
        for step in range(1, level + 1):
            nodes += _joined(level - step, step, sizes[level - step])
    logits = Conv2D(classes, kernel_size=1, name="logits")
    layers = [Graph(nodes, name="nested"), logits]
    return Spec("unet_plus_plus", input_shape, layers, init="he")


def _joined(level: int, step: int, channels: int) -> list[Node]:
    """Make the node that is so many steps from the left side, and what rises to it."""
    rise = ConvTranspose2D(channels, kernel_size=2, stride=2)
    rising = f"up{level}_{step}"
    before = [f"x{level}_{i}" for i in range(step)]
    return [
        Node(rising, [rise], reads=[f"x{level + 1}_{step - 1}"]),
        Node(f"x{level}_{step}", _convs(channels), reads=[*before, rising]),
    ]


def _convs(channels: int) -> list[Layer]:
    conv = Conv2D(channels, kernel_size=3, padding="same")
    return [conv, ReLU(), conv, ReLU()]
