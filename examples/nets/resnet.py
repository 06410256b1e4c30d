"""ResNet-18 and 50: He et al., "Deep residual learning for image recognition" (2016),
and ResNet-18 of "Identity mappings in deep residual networks" (2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nets.blocks import conv_bn_relu, scaled
from netspec import (
    BatchNorm,
    Conv2D,
    Dense,
    GlobalAvgPool2D,
    InitPolicy,
    KaimingNormal,
    Layer,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    Spec,
)

CHANNELS = (64, 128, 256, 512)  # of the four stages
INIT = InitPolicy(KaimingNormal("relu", fan="fan_out"))

# Channels, stride, whether the shortcut projects
Block = Callable[[int, int, bool], list[Layer]]


def resnet18(
    input_shape: Sequence[int] = (3, 224, 224), classes: int = 1000, width: float = 1
) -> Spec:
    """ResNet-18 v1; 11,689,512 parameters (torchvision, Gluon) at 3 x 224 x 224.

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: multiplies every number of channels.
    """
    sizes = [scaled(channels, width) for channels in CHANNELS]
    layers = [
        *_stem(sizes[0]),
        *_stages(sizes, _block_v1),
        GlobalAvgPool2D(),
        Dense(classes, name="fc"),
    ]
    return Spec("resnet18", input_shape, layers, init=INIT)


def resnet18_v2(
    input_shape: Sequence[int] = (3, 224, 224), classes: int = 1000, width: float = 1
) -> Spec:
    """ResNet-18 v2; 11,687,848 trainable parameters (Gluon's resnet18_v2, which
    normalizes the images by a BatchNorm without scale and shift).

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: multiplies every number of channels.
    """
    sizes = [scaled(channels, width) for channels in CHANNELS]
    layers = [
        BatchNorm(scale=False, center=False),
        *_stem(sizes[0]),
        *_stages(sizes, _block_v2),
        *(BatchNorm(), ReLU()),
        GlobalAvgPool2D(),
        Dense(classes, name="fc"),
    ]
    return Spec("resnet18_v2", input_shape, layers, init=INIT)


def resnet50(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    depths: Sequence[int] = (3, 4, 6, 3),
) -> Spec:
    """ResNet-50 v1.5, whose blocks halve the image in the 3 x 3 convolution; 25,557,032
    parameters (torchvision's resnet50) at 3 x 224 x 224.

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: multiplies every number of channels.
        depths: number of blocks in each stage.
    """
    sizes = [scaled(channels, width) for channels in CHANNELS]
    layers = [
        *_stem(sizes[0]),
        *_stages(sizes, _bottleneck, depths, projected=True),
        GlobalAvgPool2D(),
        Dense(classes, name="fc"),
    ]
    return Spec("resnet50", input_shape, layers, init=INIT)


def _stem(channels: int) -> list[Layer]:
    pool = MaxPool2D(3, stride=2, padding=1, name="pool")
    return [*conv_bn_relu(channels, 7, stride=2, padding=3), pool]


def _stages(
    sizes: Sequence[int],
    block: Block,
    depths: Sequence[int] = (2, 2, 2, 2),
    projected: bool = False,
) -> list[Sequential]:
    """Every stage but the first halves the image, and so projects its first shortcut;
    the first does if it is `projected`.
    """
    stages = []
    for index, (channels, depth) in enumerate(zip(sizes, depths, strict=True)):
        halved = index > 0
        layers = block(channels, 2 if halved else 1, halved or projected)
        for _ in range(depth - 1):
            layers += block(channels, 1, False)
        stages.append(Sequential(layers, name=f"stage{index + 1}"))
    return stages


def _conv(channels: int, kernel_size: int, stride: int = 1) -> Conv2D:
    padding = kernel_size // 2
    return Conv2D(
        channels, kernel_size=kernel_size, stride=stride, padding=padding, bias=False
    )


def _block_v1(channels: int, stride: int, project: bool) -> list[Layer]:
    body = [
        *(_conv(channels, 3, stride), BatchNorm(), ReLU()),
        *(_conv(channels, 3), BatchNorm()),
    ]
    shortcut = [_conv(channels, 1, stride), BatchNorm()] if project else None
    return [Residual(body, shortcut=shortcut), ReLU()]


def _block_v2(channels: int, stride: int, project: bool) -> list[Layer]:
    before = [BatchNorm(), ReLU()]
    body = [_conv(channels, 3, stride), BatchNorm(), ReLU(), _conv(channels, 3)]
    if project:  # the projection too reads the normalized input
        return [*before, Residual(body, shortcut=[_conv(channels, 1, stride)])]
    return [Residual([*before, *body])]


def _bottleneck(channels: int, stride: int, project: bool) -> list[Layer]:
    """Narrow, filter, widen."""
    body = [
        *(_conv(channels, 1), BatchNorm(), ReLU()),
        *(_conv(channels, 3, stride), BatchNorm(), ReLU()),
        *(_conv(4 * channels, 1), BatchNorm()),
    ]
    shortcut = [_conv(4 * channels, 1, stride), BatchNorm()] if project else None
    return [Residual(body, shortcut=shortcut), ReLU()]
