"""The nets for images and volumes, written by hand in PyTorch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.image_nets import EXPANDED, SQUEEZED


def twice(read: int, made: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(read, made, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(made, made, 3, padding=1),
        nn.ReLU(),
    )


class UNet(nn.Module):
    """Two pools, and two ways around them."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.down1 = twice(1, 16)
        self.down2 = twice(16, 32)
        self.bottom = twice(32, 64)
        self.rise2 = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.up2 = twice(64, 32)
        self.rise1 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.up1 = twice(32, 16)
        self.logits = nn.Conv2d(16, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.down1(x)
        second = self.down2(self.pool(first))
        x = self.rise2(self.bottom(self.pool(second)))
        x = self.rise1(self.up2(torch.cat([second, x], 1)))
        y: Tensor = self.logits(self.up1(torch.cat([first, x], 1)))
        return y


class Gate(nn.Module):
    """Squeeze-and-excitation, as in torchvision."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(EXPANDED, SQUEEZED, 1)
        self.fc2 = nn.Conv2d(SQUEEZED, EXPANDED, 1)
        self.activation = nn.ReLU()
        self.gate = nn.Hardsigmoid()

    def forward(self, x: Tensor) -> Tensor:
        scale = self.activation(self.fc1(self.pool(x)))
        y: Tensor = self.gate(self.fc2(scale)) * x
        return y


class MobileBlock(nn.Module):
    """An inverted residual with squeeze-and-excitation, as in torchvision."""

    def __init__(self) -> None:
        super().__init__()
        wide = EXPANDED
        self.block = nn.Sequential(
            nn.Conv2d(40, wide, 1, bias=False),
            nn.BatchNorm2d(wide),
            nn.Hardswish(),
            nn.Conv2d(wide, wide, 5, padding=2, groups=wide, bias=False),
            nn.BatchNorm2d(wide),
            nn.Hardswish(),
            Gate(),
            nn.Conv2d(wide, 40, 1, bias=False),
            nn.BatchNorm2d(40),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.block(x)
        return y + x


def volume() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv3d(1, 16, 3, padding=1, bias=False),
        nn.BatchNorm3d(16),
        nn.ReLU(),
        nn.MaxPool3d(2),
        nn.Conv3d(16, 32, 3, padding=1, bias=False),
        nn.BatchNorm3d(32),
        nn.ReLU(),
        nn.MaxPool3d(2),
        nn.AdaptiveAvgPool3d(1),
        nn.Flatten(),
        nn.Linear(32, 10),
    )


BY_HAND = {"U-Net": UNet, "MobileNetV3 block": MobileBlock, "3-D net": volume}
