"""Nets of few operations, and what came of them."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.importing.architectures.net import Net, conv_norm


def mobilenet() -> nn.Module:
    """The first version, as one sequence."""
    return nn.Sequential(
        conv_norm(3, 4, 3, 2),
        conv_norm(4, 4, groups=4, activation=nn.ReLU6),
        conv_norm(4, 6, 1, activation=nn.ReLU6),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 5),
    )


class Inverted(nn.Module):
    """Of the second version; and with other functions, a gate or another kernel, of the
    third, of MNASNet and of EfficientNet.
    """

    def __init__(
        self,
        channels: int = 4,
        kernel: int = 3,
        activation: Callable[[], nn.Module] = nn.ReLU6,
        gate: nn.Module | None = None,
    ) -> None:
        super().__init__()
        wide = 2 * channels
        layers: list[nn.Module] = [
            conv_norm(channels, wide, 1, activation=activation),
            conv_norm(wide, wide, kernel, groups=wide, activation=activation),
        ]
        layers += [] if gate is None else [gate]
        layers += [conv_norm(wide, channels, 1, activation=None)]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x)


class Gate(nn.Module):
    """Squeeze and excitation by convolutions."""

    def __init__(self, channels: int, last: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, 2, 1)
        self.fc2 = nn.Conv2d(2, channels, 1)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:
        scale = F.adaptive_avg_pool2d(x, 1)
        scale = self.fc2(F.relu(self.fc1(scale), inplace=True))
        return self.last(scale) * x


class Classifier(nn.Module):
    def __init__(
        self, *features: nn.Module, channels: int = 4, last: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.features = nn.Sequential(*features)
        between = [] if last is None else [last]
        self.classifier = nn.Sequential(
            nn.Dropout(0.2), *between, nn.Linear(channels, 5)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x).mean([2, 3])
        return self.classifier(x)


def third() -> nn.Module:
    block = Inverted(4, 5, nn.Hardswish, Gate(8, F.hardsigmoid))
    head = nn.Sequential(nn.Linear(4, 6), nn.Hardswish(), nn.Linear(6, 4))
    return Classifier(conv_norm(3, 4, activation=nn.Hardswish), block, last=head)


def efficient() -> nn.Module:
    block = Inverted(4, 3, nn.SiLU, Gate(8, torch.sigmoid))
    return Classifier(conv_norm(3, 4, 3, 2, activation=nn.SiLU), block)


def mnas() -> nn.Module:
    stem = conv_norm(3, 4), Inverted(4, 5, nn.ReLU)
    for one in stem[0].modules():
        if isinstance(one, nn.BatchNorm2d):
            one.momentum = 1 - 0.9997
    return Classifier(*stem)


class Shuffle(nn.Module):
    """Of a ShuffleNet of the second version."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.branch2 = nn.Sequential(
            conv_norm(half, half, 1),
            conv_norm(half, half, groups=half, activation=None),
            conv_norm(half, half, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        x1, x2 = x.chunk(2, dim=1)
        out = torch.cat((x1, self.branch2(x2)), dim=1)
        return self.channel_shuffle(out, 2)

    @staticmethod
    def channel_shuffle(x: Tensor, groups: int) -> Tensor:
        batch, channels, height, width = x.size()
        x = x.view(batch, groups, channels // groups, height, width)
        return torch.transpose(x, 1, 2).contiguous().view(batch, -1, height, width)


class Ghost(nn.Module):
    """Of a GhostNet: half of the channels by cheap operations on the other half."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.primary = conv_norm(before, after // 2, 1)
        self.cheap = conv_norm(after // 2, after // 2, groups=after // 2)

    def forward(self, x: Tensor) -> Tensor:
        x1 = self.primary(x)
        return torch.cat([x1, self.cheap(x1)], dim=1)


class RegBlock(nn.Module):
    """Of a RegNetY: a bottleneck in groups, with a gate."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.a = conv_norm(channels, channels, 1)
        self.b = conv_norm(channels, channels, groups=2)
        self.se = Gate(channels, torch.sigmoid)
        self.c = conv_norm(channels, channels, 1, activation=None)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(x + self.c(self.se(self.b(self.a(x)))))


class ConvNeXt(nn.Module):
    """A block: normalized with the channels last, and scaled before it is added."""

    def __init__(self, dim: int = 4) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, dim, kernel_size=2, stride=2)
        self.dwconv = nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, 4 * dim)
        self.act = nn.GELU()
        self.pwconv2 = nn.Linear(4 * dim, dim)
        self.gamma = nn.Parameter(1e-6 * torch.ones(dim))

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        y = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        y = self.gamma * self.pwconv2(self.act(self.pwconv1(y)))
        return x + y.permute(0, 3, 1, 2)


NETS = {
    "MobileNet v1": Net(mobilenet, (3, 6, 6)),
    "MobileNet v2": Net(lambda: Classifier(conv_norm(3, 4), Inverted()), (3, 4, 4)),
    "MobileNet v3": Net(third, (3, 5, 5)),
    "EfficientNet": Net(efficient, (3, 6, 6)),
    "MNASNet": Net(mnas, (3, 5, 5)),
    "ShuffleNet": Net(lambda: nn.Sequential(conv_norm(3, 4), Shuffle(4)), (3, 4, 4)),
    "GhostNet": Net(lambda: Ghost(3, 4), (3, 4, 4)),
    "RegNet": Net(lambda: Classifier(conv_norm(3, 4), RegBlock(4)), (3, 4, 4)),
    "ConvNeXt": Net(ConvNeXt, (3, 8, 8)),
}
