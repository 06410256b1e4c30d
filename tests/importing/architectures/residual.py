"""Shortcuts: ResNets of every kind."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.importing.architectures.net import Net, conv_norm


class Basic(nn.Module):
    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.downsample = None
        if stride != 1 or before != after:
            self.downsample = conv_norm(before, after, 1, stride, activation=None)

    def forward(self, x: Tensor) -> Tensor:
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class Bottleneck(nn.Module):
    """Of a ResNet; with groups, of a ResNeXt."""

    def __init__(self, before: int, after: int, stride: int = 1, groups: int = 1):
        super().__init__()
        width = after // 2
        self.conv1 = conv_norm(before, width, 1)
        self.conv2 = conv_norm(width, width, 3, stride, groups)
        self.conv3 = conv_norm(width, after, 1, activation=None)
        plain = stride == 1 and before == after
        shortcut = conv_norm(before, after, 1, stride, activation=None)
        self.downsample = nn.Identity() if plain else shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv3(self.conv2(self.conv1(x)))
        return F.relu(y + self.downsample(x), inplace=True)


class PreAct(nn.Module):
    """The second version: normalized before each convolution."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(before)
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        if stride != 1 or before != after:
            conv = nn.Conv2d(before, after, 1, stride, bias=False)
            self.shortcut = nn.Sequential(conv)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn1(x))
        shortcut = self.shortcut(out) if hasattr(self, "shortcut") else x
        out = self.conv1(out)
        out = self.conv2(F.relu(self.bn2(out)))
        return out + shortcut


class Wide(nn.Module):
    """Of a WideResNet: dropout between its convolutions."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(before)
        self.conv1 = nn.Conv2d(before, after, 3, padding=1)
        self.dropout = nn.Dropout(p=0.3)
        self.bn2 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, stride=stride, padding=1)
        self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride=stride))

    def forward(self, x: Tensor) -> Tensor:
        out = self.dropout(self.conv1(F.relu(self.bn1(x))))
        out = self.conv2(F.relu(self.bn2(out)))
        out += self.shortcut(x)
        return out


class SqueezeExcite(nn.Module):
    """By linear layers, as of SENet."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channels, 2, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(2, channels, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, _, _ = x.size()
        y = self.avg_pool(x).view(batch, channels)
        y = self.fc(y).view(batch, channels, 1, 1)
        return x * y.expand_as(x)


class SEBasic(Basic):
    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__(before, after, stride)
        self.se = SqueezeExcite(after)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.se(self.bn2(self.conv2(out)))
        out += x if self.downsample is None else self.downsample(x)
        return F.relu(out)


class Res2(nn.Module):
    """Of a Res2Net: each part of the channels sees the one before it."""

    def __init__(self, channels: int, width: int = 2, scale: int = 4) -> None:
        super().__init__()
        self.width, self.nums = width, scale - 1
        self.conv1 = conv_norm(channels, width * scale, 1)
        self.convs = nn.ModuleList(conv_norm(width, width) for _ in range(self.nums))
        self.conv3 = conv_norm(width * scale, channels, 1, activation=None)

    def forward(self, x: Tensor) -> Tensor:
        spx = torch.split(self.conv1(x), self.width, 1)
        sp = out = self.convs[0](spx[0])
        for i in range(1, self.nums):
            sp = self.convs[i](sp + spx[i])
            out = torch.cat((out, sp), 1)
        out = torch.cat((out, spx[self.nums]), 1)
        return F.relu(self.conv3(out) + x)


class RepVGG(nn.Module):
    """As it is trained: three branches, which deployment makes one."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.nonlinearity = nn.ReLU()
        self.rbr_identity = nn.BatchNorm2d(channels)
        self.rbr_dense = conv_norm(channels, channels, 3, activation=None)
        self.rbr_1x1 = conv_norm(channels, channels, 1, activation=None)

    def forward(self, x: Tensor) -> Tensor:
        identity = self.rbr_identity(x)
        return self.nonlinearity(self.rbr_dense(x) + self.rbr_1x1(x) + identity)


class Volumes(nn.Module):
    """A residual block of videos."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(before, after, 3, (1, stride, stride), 1, bias=False)
        self.bn1 = nn.BatchNorm3d(after)
        self.conv2 = nn.Conv3d(after, after, (3, 1, 1), 1, (1, 0, 0), bias=False)
        self.downsample = nn.Conv3d(before, after, 1, (1, stride, stride))

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True))
        return F.relu(y + self.downsample(x)).mean((-3, -2, -1))


class ResNet(nn.Module):
    """A stem, two blocks and a head."""

    def __init__(self, block: Any, width: int = 4) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.layer1 = nn.Sequential(block(width, width))
        self.layer2 = nn.Sequential(block(width, 2 * width, stride=2))
        self.fc = nn.Linear(2 * width, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer2(self.layer1(self.conv1(x)))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


BRANCHES = "the gradients of the branches are added in another order"


def of(block: Any) -> Net:
    return Net(lambda: ResNet(block), (3, 6, 6))


NETS = {
    "ResNet, basic": of(Basic),
    "ResNet, bottleneck": of(Bottleneck),
    "ResNet v2": of(PreAct),
    "ResNeXt": of(partial(Bottleneck, groups=2)),
    "WideResNet": of(Wide),
    "SE-ResNet": of(SEBasic),
    "Res2Net": Net(lambda: nn.Sequential(conv_norm(3, 4), Res2(4)), (3, 5, 5)),
    "RepVGG": Net(
        lambda: nn.Sequential(conv_norm(3, 4), RepVGG(4)), (3, 5, 5), BRANCHES
    ),
    "3-D ResNet": Net(lambda: Volumes(2, 4, 2), (2, 3, 4, 4)),
}
