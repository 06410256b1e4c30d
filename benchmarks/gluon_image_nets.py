"""The nets for images and volumes, written by hand in Gluon."""

from __future__ import annotations

from typing import Any

import netspec_gluon  # noqa: F401  (first: without it MXNet cannot be imported)
from benchmarks.image_nets import EXPANDED, SQUEEZED

# isort: split
from mxnet.gluon import nn


def sequential(*blocks: nn.HybridBlock) -> nn.HybridSequential:
    net = nn.HybridSequential()
    net.add(*blocks)
    return net


def twice(read: int, made: int) -> nn.HybridSequential:
    return sequential(
        nn.Conv2D(made, 3, padding=1, in_channels=read, activation="relu"),
        nn.Conv2D(made, 3, padding=1, in_channels=made, activation="relu"),
    )


class UNet(nn.HybridBlock):  # type: ignore[misc]
    """Two pools, and two ways around them."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2D(2)
        self.down1 = twice(1, 16)
        self.down2 = twice(16, 32)
        self.bottom = twice(32, 64)
        self.rise2 = nn.Conv2DTranspose(32, 2, strides=2, in_channels=64)
        self.up2 = twice(64, 32)
        self.rise1 = nn.Conv2DTranspose(16, 2, strides=2, in_channels=32)
        self.up1 = twice(32, 16)
        self.logits = nn.Conv2D(1, 1, in_channels=16)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        first = self.down1(x)
        second = self.down2(self.pool(first))
        x = self.rise2(self.bottom(self.pool(second)))
        x = self.rise1(self.up2(F.concat(second, x, dim=1)))
        return self.logits(self.up1(F.concat(first, x, dim=1)))


class Hard(nn.HybridBlock):  # type: ignore[misc]
    """``ReLU6(x + 3) / 6``, as in GluonCV."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.clip(x + 3, 0, 6) / 6


class HardSwish(nn.HybridBlock):  # type: ignore[misc]
    """``x * ReLU6(x + 3) / 6``, as in GluonCV."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Hard()

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x * self.gate(x)


class Gate(nn.HybridBlock):  # type: ignore[misc]
    """Squeeze-and-excitation."""

    def __init__(self) -> None:
        super().__init__()
        self.excite = sequential(
            nn.GlobalAvgPool2D(),
            nn.Conv2D(SQUEEZED, 1, in_channels=EXPANDED, activation="relu"),
            nn.Conv2D(EXPANDED, 1, in_channels=SQUEEZED),
            Hard(),
        )

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.broadcast_mul(x, self.excite(x))


class MobileBlock(nn.HybridBlock):  # type: ignore[misc]
    """An inverted residual with squeeze-and-excitation."""

    def __init__(self) -> None:
        super().__init__()
        wide = EXPANDED
        depthwise = nn.Conv2D(
            wide, 5, padding=2, groups=wide, use_bias=False, in_channels=wide
        )
        self.body = sequential(
            nn.Conv2D(wide, 1, use_bias=False, in_channels=40),
            nn.BatchNorm(in_channels=wide),
            HardSwish(),
            depthwise,
            nn.BatchNorm(in_channels=wide),
            HardSwish(),
            Gate(),
            nn.Conv2D(40, 1, use_bias=False, in_channels=wide),
            nn.BatchNorm(in_channels=40),
        )

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x + self.body(x)


class VolumeNorm(nn.BatchNorm):  # type: ignore[misc]
    """BatchNorm of volumes as images: as they are, MXNet 1.9.1 cannot train them beside
    a convolution of 8, 16, ... channels ("Check failed: !is_view").
    """

    def hybrid_forward(self, F: Any, x: Any, *parameters: Any, **named: Any) -> Any:
        image = F.reshape(x, (0, 0, 0, -1))
        y = super().hybrid_forward(F, image, *parameters, **named)
        return F.reshape_like(y, x)


def volume() -> nn.HybridSequential:
    return sequential(
        nn.Conv3D(16, 3, padding=1, use_bias=False, in_channels=1),
        VolumeNorm(in_channels=16),
        nn.Activation("relu"),
        nn.MaxPool3D(2),
        nn.Conv3D(32, 3, padding=1, use_bias=False, in_channels=16),
        VolumeNorm(in_channels=32),
        nn.Activation("relu"),
        nn.MaxPool3D(2),
        nn.GlobalAvgPool3D(),
        nn.Dense(10, in_units=32),
    )


BY_HAND = {"U-Net": UNet, "MobileNetV3 block": MobileBlock, "3-D net": volume}
