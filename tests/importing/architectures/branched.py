"""Branches that meet again, and graphs that are no trees."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.importing.architectures.net import Net, conv_norm


class GoogLeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.branch1 = conv_norm(3, 2, 1)
        self.branch2 = nn.Sequential(conv_norm(3, 2, 1), conv_norm(2, 3))
        self.branch3 = nn.Sequential(conv_norm(3, 2, 1), conv_norm(2, 2))
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), conv_norm(3, 2, 1)
        )
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(9, 5)

    def forward(self, x: Tensor) -> Tensor:
        branches = [self.branch1, self.branch2, self.branch3, self.branch4]
        x = torch.cat([branch(x) for branch in branches], 1)
        x = torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1)
        return self.fc(self.dropout(x))


class InceptionC(nn.Module):
    """Of the third version: 7 x 7 by its rows and columns."""

    def __init__(self) -> None:
        super().__init__()
        self.branch1x1 = nn.Conv2d(3, 2, 1, bias=False)
        self.bn = nn.BatchNorm2d(2, eps=0.001)
        self.branch7x7_1 = nn.Conv2d(3, 2, 1)
        self.branch7x7_2 = nn.Conv2d(2, 2, (1, 7), padding=(0, 3))
        self.branch7x7_3 = nn.Conv2d(2, 3, (7, 1), padding=(3, 0))
        self.branch_pool = nn.Conv2d(3, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        branch1x1 = F.relu(self.bn(self.branch1x1(x)), inplace=True)
        branch7x7 = F.relu(self.branch7x7_1(x))
        branch7x7 = F.relu(self.branch7x7_3(F.relu(self.branch7x7_2(branch7x7))))
        pool = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        outputs = [branch1x1, branch7x7, F.relu(self.branch_pool(pool))]
        return torch.cat(outputs, 1)


class InceptionE(nn.Module):
    """Of the third version: branches of which two have branches of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.branch1x1 = nn.Conv2d(3, 2, 1)
        self.branch3x3_1 = nn.Conv2d(3, 2, 1)
        self.branch3x3_2a = nn.Conv2d(2, 2, (1, 3), padding=(0, 1))
        self.branch3x3_2b = nn.Conv2d(2, 2, (3, 1), padding=(1, 0))

    def forward(self, x: Tensor) -> Tensor:
        branch3x3 = self.branch3x3_1(x)
        both = [self.branch3x3_2a(branch3x3), self.branch3x3_2b(branch3x3)]
        pool = F.max_pool2d(x, kernel_size=3, stride=1, padding=1)
        return torch.cat([self.branch1x1(x), torch.cat(both, 1), pool], 1)


class DenseLayer(nn.Module):
    def __init__(self, before: int, growth: int = 2) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(before)
        self.conv1 = nn.Conv2d(before, 3, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, growth, 3, padding=1, bias=False)

    def forward(self, prev_features: list[Tensor]) -> Tensor:
        concatenated = torch.cat(prev_features, 1)
        bottleneck = self.conv1(F.relu(self.norm1(concatenated), inplace=True))
        return self.conv2(F.relu(self.norm2(bottleneck), inplace=True))


class DenseNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DenseLayer(3 + 2 * i) for i in range(3))
        self.norm = nn.BatchNorm2d(9)
        self.conv = nn.Conv2d(9, 4, 1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        features = [x]
        for layer in self.layers:
            features.append(layer(features))
        y = self.conv(F.relu(self.norm(torch.cat(features, 1))))
        return self.pool(y)


class Fire(nn.Module):
    """Of a SqueezeNet."""

    def __init__(self, before: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(before, squeeze, kernel_size=1)
        self.expand1x1 = nn.Conv2d(squeeze, expand, kernel_size=1)
        self.expand3x3 = nn.Conv2d(squeeze, expand, kernel_size=3, padding=1)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.activation(self.squeeze(x))
        one, three = self.expand1x1(x), self.expand3x3(x)
        return torch.cat([self.activation(one), self.activation(three)], 1)


class SqueezeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        pool = nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)
        self.features = nn.Sequential(Fire(3, 2, 3), pool, Fire(6, 2, 2))
        final = nn.Conv2d(4, 5, kernel_size=1)
        self.classifier = nn.Sequential(
            nn.Dropout(p=0.5), final, nn.ReLU(True), nn.AdaptiveAvgPool2d((1, 1))
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.flatten(self.classifier(self.features(x)), 1)


class HRModule(nn.Module):
    """Of an HRNet: two resolutions, each of which the other is added to."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv_norm(3, 4)
        self.high = conv_norm(4, 4)
        self.low = conv_norm(4, 6, 3, 2)
        self.up = conv_norm(6, 4, 1, activation=None)
        self.down = conv_norm(4, 6, 3, 2, activation=None)
        self.head = nn.Conv2d(10, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        high, low = self.high(x), self.low(x)
        upper = F.interpolate(self.up(low), scale_factor=2, mode="nearest")
        fused = F.relu(high + upper), F.relu(self.down(high) + low)
        size = fused[0].shape[-2:]
        low = F.interpolate(fused[1], size=size, mode="bilinear", align_corners=False)
        return self.head(torch.cat([fused[0], low], 1))


class DLATree(nn.Module):
    """Of deep layer aggregation: a root over children, and what they came from."""

    def __init__(self) -> None:
        super().__init__()
        self.tree1 = conv_norm(4, 4)
        self.tree2 = conv_norm(4, 4)
        self.deeper1 = conv_norm(4, 4)
        self.deeper2 = conv_norm(4, 4)
        self.root1 = conv_norm(8, 4, 1)
        self.root2 = conv_norm(12, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x1 = self.tree1(x)
        x2 = self.tree2(x1) + x1
        first = self.root1(torch.cat([x2, x1], 1))
        y1 = self.deeper1(first)
        y2 = self.deeper2(y1) + y1
        return self.root2(torch.cat([y2, y1, first], 1))


class NASCell(nn.Module):
    """Of a NASNet: each step adds two of what there is already."""

    def __init__(self) -> None:
        super().__init__()
        self.before = conv_norm(3, 4, 1)
        self.now = conv_norm(4, 4)
        self.left = self.separable(4)
        self.right = self.separable(4, 5)
        self.third = self.separable(4)

    @staticmethod
    def separable(channels: int, kernel: int = 3) -> nn.Sequential:
        depthwise = nn.Conv2d(
            channels, channels, kernel, 1, kernel // 2, groups=channels, bias=False
        )
        pointwise = nn.Conv2d(channels, channels, 1, bias=False)
        return nn.Sequential(nn.ReLU(), depthwise, pointwise, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        p = self.before(x)
        h = self.now(p)
        first = self.left(h) + self.right(p)
        second = F.avg_pool2d(h, 3, 1, 1, count_include_pad=False) + p
        third = self.third(first) + F.max_pool2d(h, 3, 1, 1)
        return torch.cat([p, first, second, third], 1)


class CSPStage(nn.Module):
    """Of a CSPNet: half of the channels goes around the blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv_norm(3, 8, 3, 2, activation=nn.Mish)
        self.blocks = nn.Sequential(conv_norm(4, 4, 1), conv_norm(4, 4))
        self.transition = conv_norm(8, 4, 1, activation=nn.SiLU)

    def forward(self, x: Tensor) -> Tensor:
        around, through = self.stem(x).chunk(2, dim=1)
        through = through + self.blocks(through)
        return self.transition(torch.cat([through, around], dim=1))


NETS = {
    "GoogLeNet": Net(GoogLeNet, (3, 5, 5)),
    "Inception-v3, C": Net(InceptionC, (3, 7, 7)),
    "Inception-v3, E": Net(InceptionE, (3, 5, 5)),
    "DenseNet": Net(DenseNet, (3, 4, 4)),
    "SqueezeNet": Net(SqueezeNet, (3, 8, 8)),
    "HRNet": Net(HRModule, (3, 4, 4)),
    "DLA": Net(DLATree, (4, 4, 4)),
    "NASNet": Net(NASCell, (3, 5, 5)),
    "CSPNet": Net(CSPStage, (3, 6, 6)),
}
