"""U-Nets: Ronneberger, Fischer and Brox, "U-Net: convolutional networks for biomedical
image segmentation" (2015), and Çiçek et al., "3D U-Net: learning dense volumetric
segmentation from sparse annotation" (2016). Each level joins what it saw before the
pool, cropped, to what comes back from below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from nets.blocks import scaled
from netspec import (
    BatchNorm,
    Conv2D,
    Conv3D,
    ConvTranspose2D,
    ConvTranspose3D,
    Crop2D,
    Crop3D,
    Identity,
    Layer,
    MaxPool2D,
    MaxPool3D,
    Parallel,
    ReLU,
    Sequential,
    Spec,
)


class Kit(NamedTuple):
    """The layers of a number of dimensions.

    Attributes:
        conv: makes a convolution of so many channels, and what follows it.
        pool: halves an image.
        rise: makes a transposed convolution of so many channels; doubles an image.
        crop: takes so much from every end of an image.
    """

    conv: Callable[[int], list[Layer]]
    pool: Layer
    rise: Callable[[int], Layer]
    crop: Callable[[int], Layer]


class Level(NamedTuple):
    """Channels of the layers of a level.

    Attributes:
        down: of the convolutions before the pool.
        rise: of the transposed convolution.
        up: of the convolutions behind it.
    """

    down: tuple[int, int]
    rise: int
    up: tuple[int, int]


def unet(
    input_shape: Sequence[int] = (1, 572, 572),
    classes: int = 2,
    width: float = 1,
    depth: int = 4,
    padding: str = "valid",
) -> Spec:
    """U-Net; 31,030,658 parameters; 2 x 388 x 388 from 1 x 572 x 572.

    Args:
        input_shape: channels, height, width; even before every pool.
        classes: channels of the output.
        width: multiplies every number of channels but the last.
        depth: number of pools.
        padding: ``"valid"`` as in the paper, where the image shrinks, or ``"same"``.
    """
    kit = Kit(
        conv=lambda n: [Conv2D(n, kernel_size=3, padding=padding), ReLU()],
        pool=MaxPool2D(2),
        rise=lambda n: ConvTranspose2D(n, kernel_size=2, stride=2),
        crop=lambda n: Crop2D([[n, n]] * 2),
    )
    *sizes, bottom = (scaled(64 * 2**level, width) for level in range(depth + 1))
    levels = [Level((n, n), n, (n, n)) for n in sizes]
    layers = _nested(levels, (bottom, bottom), kit, padding)
    logits = Conv2D(classes, kernel_size=1, name="logits")
    return Spec("unet", input_shape, [*layers, logits], init="he")


def unet_3d(
    input_shape: Sequence[int] = (3, 132, 132, 116),
    classes: int = 3,
    width: float = 1,
    depth: int = 3,
    padding: str = "valid",
) -> Spec:
    """3D U-Net; 19,069,955 parameters, as published; 3 x 44 x 44 x 28 from 3 x 132 x
    132 x 116. The bias of each convolution stands behind the normalization, which would
    cancel it.

    Args:
        input_shape: channels, depth, height, width; even before every pool.
        classes: channels of the output.
        width: multiplies every number of channels but the last.
        depth: number of pools.
        padding: ``"valid"`` as in the paper, where the image shrinks, or ``"same"``.
    """

    def conv(channels: int) -> list[Layer]:
        layer = Conv3D(channels, kernel_size=3, padding=padding, bias=False)
        return [layer, BatchNorm(scale=False), ReLU()]

    kit = Kit(
        conv=conv,
        pool=MaxPool3D(2),
        rise=lambda n: ConvTranspose3D(n, kernel_size=2, stride=2, bias=False),
        crop=lambda n: Crop3D([[n, n]] * 3),
    )
    sizes = [scaled(32 * 2**level, width) for level in range(depth + 1)]
    levels = [Level((n, 2 * n), 4 * n, (2 * n, 2 * n)) for n in sizes[:-1]]
    layers = _nested(levels, (sizes[-1], 2 * sizes[-1]), kit, padding)
    logits = Conv3D(classes, kernel_size=1, name="logits")
    return Spec("unet_3d", input_shape, [*layers, logits], init="he")


def _nested(
    levels: Sequence[Level], bottom: tuple[int, int], kit: Kit, padding: str
) -> list[Layer]:
    """Put each level around the one below."""
    trimmed = 2 if padding == "valid" else 0  # by two convolutions, at each end
    layers: list[Layer] = [_convs(bottom, kit, "bottom")]
    lost = trimmed
    for index, level in reversed([*enumerate(levels, start=1)]):
        kept = kit.crop(2 * lost) if lost else Identity()
        below = [kit.pool, *layers, kit.rise(level.rise)]
        layers = [
            _convs(level.down, kit, f"down{index}"),
            Parallel([[kept], below], name=f"level{index + 1}"),
            _convs(level.up, kit, f"up{index}"),
        ]
        lost = 2 * lost + 2 * trimmed
    return layers


def _convs(sizes: tuple[int, int], kit: Kit, name: str) -> Sequential:
    first, second = sizes
    return Sequential([*kit.conv(first), *kit.conv(second)], name=name)
