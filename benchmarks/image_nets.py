"""Nets for images and volumes that are measured, as specs; by hand they are in one file
per framework.
"""

from __future__ import annotations

import netspec as ns

SIZES = (1, 16)  # of the batches
EXPANDED, SQUEEZED = 240, 64  # of the MobileNetV3 block


def _twice(channels: int) -> list[ns.Layer]:
    conv = ns.Conv2D(channels, kernel_size=3, padding=1)
    return [conv, ns.ReLU(), conv, ns.ReLU()]


def _around(channels: int, below: list[ns.Layer]) -> list[ns.Layer]:
    """Wrap a level of a U-Net around the levels below."""
    rise = ns.ConvTranspose2D(channels, kernel_size=2, stride=2)
    branches: list[list[ns.Layer]] = [
        [ns.Identity()],
        [ns.MaxPool2D(2), *below, rise],
    ]
    return [*_twice(channels), ns.Parallel(branches), *_twice(channels)]


UNET = [*_around(16, _around(32, _twice(64))), ns.Conv2D(1, kernel_size=1)]


def _conv_bn(channels: int, kernel_size: int, groups: int = 1) -> list[ns.Layer]:
    conv = ns.Conv2D(
        channels,
        kernel_size=kernel_size,
        padding=kernel_size // 2,
        groups=groups,
        bias=False,
    )
    return [conv, ns.BatchNorm()]


GATE = [
    ns.AdaptiveAvgPool2D(1),
    *(ns.Conv2D(SQUEEZED, kernel_size=1), ns.ReLU()),
    *(ns.Conv2D(EXPANDED, kernel_size=1), ns.HardSigmoid()),
]
MOBILE = [
    *(*_conv_bn(EXPANDED, 1), ns.HardSwish()),
    *(*_conv_bn(EXPANDED, 5, groups=EXPANDED), ns.HardSwish()),
    ns.Parallel([[ns.Identity()], GATE], merge="multiply"),
    *_conv_bn(40, 1),
]


def _volume(channels: int) -> list[ns.Layer]:
    conv = ns.Conv3D(channels, kernel_size=3, padding=1, bias=False)
    return [conv, ns.BatchNorm(), ns.ReLU(), ns.MaxPool3D(2)]


VOLUME = [*_volume(16), *_volume(32), ns.GlobalAvgPool3D(), ns.Dense(10)]

SPECS = {
    "U-Net": ns.Spec("unet", (1, 64, 64), UNET),
    "MobileNetV3 block": ns.Spec("mobile", (40, 14, 14), [ns.Residual(MOBILE)]),
    "3-D net": ns.Spec("volume", (1, 16, 32, 32), VOLUME),
}
