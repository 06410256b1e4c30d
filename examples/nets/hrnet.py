"""HRNet-W18-small: Wang et al., "Deep high-resolution representation learning for
visual recognition" (2021), as in the authors' code for ImageNet (small, v1). Images of
four sizes are filtered side by side, and each size hears of all others.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import conv_bn, conv_bn_relu, scaled
from netspec import (
    BatchNorm,
    Conv2D,
    Dense,
    GlobalAvgPool2D,
    Graph,
    Identity,
    InitPolicy,
    KaimingNormal,
    Layer,
    Node,
    ReLU,
    Residual,
    Spec,
    Upsample2D,
)

CHANNELS = (16, 32, 64, 128)  # of the sizes, the largest first
HEADS = (32, 64, 128, 256)  # of which the last blocks make four times as many
FULL = 2048
INIT = InitPolicy(KaimingNormal("relu", fan="fan_out"))


def hrnet_w18_small(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    sizes: int = 4,
    depth: int = 2,
) -> Spec:
    """HRNet-W18-small; 13,187,464 parameters (timm's hrnet_w18_small: 13.2 million).

    Args:
        input_shape: channels, height, width; multiples of ``2**(sizes + 1)``.
        classes: size of the output.
        width: multiplies every number of channels.
        sizes: number of image sizes, each half of the one before.
        depth: number of blocks of each size in each stage.
    """
    wide = [scaled(channels, width) for channels in CHANNELS[:sizes]]
    heads = [scaled(channels, width) for channels in HEADS[:sizes]]
    stem = [*_halve(scaled(64, width)), *_halve(scaled(64, width))]
    nodes = [
        Node("stem", [*stem, *_bottleneck(scaled(32, width))]),
        Node("stage1_0", conv_bn_relu(wide[0], 3, padding=1), reads=["stem"]),
    ]
    for stage in range(2, sizes + 1):
        below = "stem" if stage == 2 else f"stage{stage - 1}_{stage - 2}"
        smaller = f"stage{stage - 1}_{stage - 1}"
        nodes.append(Node(smaller, _halve(wide[stage - 1]), reads=[below]))
        nodes += _stage(stage, wide[:stage], depth)
    nodes += _gathered(sizes, heads)
    layers = [
        Graph(nodes, name="sizes"),
        *(Conv2D(scaled(FULL, width), kernel_size=1), BatchNorm(), ReLU()),
        *(GlobalAvgPool2D(), Dense(classes, name="fc")),
    ]
    return Spec("hrnet_w18_small", input_shape, layers, init=INIT)


def _stage(stage: int, wide: Sequence[int], depth: int) -> list[Node]:
    """Filter every size, then add up for each what all have found."""
    nodes = []
    for size, channels in enumerate(wide):
        blocks = [layer for _ in range(depth) for layer in _block(channels)]
        before = f"stage{stage - 1}_{size}"
        nodes.append(Node(f"filtered{stage}_{size}", blocks, reads=[before]))
    for to in range(stage):
        reads = []
        for size in range(stage):
            reads.append(f"filtered{stage}_{size}")
            if size != to:
                fitted = f"fitted{stage}_{size}_{to}"
                nodes.append(Node(fitted, _fit(size, to, wide), reads=[reads.pop()]))
                reads.append(fitted)
        nodes.append(Node(f"stage{stage}_{to}", [ReLU()], reads=reads, merge="add"))
    return nodes


def _fit(size: int, to: int, wide: Sequence[int]) -> list[Layer]:
    """Bring an image of one size to another, and to its channels."""
    if size > to:
        return [*conv_bn(wide[to], 1), Upsample2D(2 ** (size - to))]
    halved = [layer for _ in range(to - size - 1) for layer in _halve(wide[size])]
    return [*halved, *conv_bn(wide[to], 3, stride=2, padding=1)]


def _gathered(sizes: int, heads: Sequence[int]) -> list[Node]:
    """Widen every size, and add each, halved, to the next."""
    nodes = [Node("sum0", _bottleneck(heads[0]), reads=[f"stage{sizes}_0"])]
    for size in range(1, sizes):
        halved = Conv2D(4 * heads[size], kernel_size=3, stride=2, padding=1)
        smaller, wide = f"smaller{size}", f"wide{size}"
        nodes += [
            Node(smaller, [halved, BatchNorm(), ReLU()], reads=[f"sum{size - 1}"]),
            Node(wide, _bottleneck(heads[size]), reads=[f"stage{sizes}_{size}"]),
            Node(f"sum{size}", [Identity()], reads=[smaller, wide], merge="add"),
        ]
    return nodes


def _halve(channels: int) -> list[Layer]:
    return conv_bn_relu(channels, 3, stride=2, padding=1)


def _block(channels: int) -> list[Layer]:
    body = [*conv_bn_relu(channels, 3, padding=1), *conv_bn(channels, 3, padding=1)]
    return [Residual(body), ReLU()]


def _bottleneck(channels: int) -> list[Layer]:
    """Narrow, filter, widen; a projection goes around it."""
    body = [*conv_bn_relu(channels, 1), *conv_bn_relu(channels, 3, padding=1)]
    wide = conv_bn(4 * channels, 1)
    return [Residual([*body, *wide], shortcut=wide), ReLU()]
