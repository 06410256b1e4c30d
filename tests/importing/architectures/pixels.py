"""A class for each pixel: what goes down and comes up again."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.importing.architectures.net import Net, conv_norm


class DoubleConv(nn.Sequential):
    def __init__(self, before: int, after: int) -> None:
        super().__init__(
            nn.Conv2d(before, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
            nn.Conv2d(after, after, 3, padding=1),
            nn.ReLU(inplace=True),
        )


class Up(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(before, before // 2, kernel_size=2, stride=2)
        self.conv = DoubleConv(before, after)

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        x1 = self.up(x1)
        high = x2.size()[2] - x1.size()[2]
        wide = x2.size()[3] - x1.size()[3]
        ends = [wide // 2, wide - wide // 2, high // 2, high - high // 2]
        return self.conv(torch.cat([x2, F.pad(x1, ends)], dim=1))


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inc = DoubleConv(3, 4)
        self.down = nn.Sequential(nn.MaxPool2d(2), DoubleConv(4, 8))
        self.up = Up(8, 4)
        self.outc = nn.Conv2d(4, 2, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x1 = self.inc(x)
        return self.outc(self.up(self.down(x1), x1))


class NestedUNet(nn.Module):
    """U-Net++: each step up reads all that came before it."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2, 2)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        self.conv0_0 = conv_norm(3, 2)
        self.conv1_0 = conv_norm(2, 3)
        self.conv2_0 = conv_norm(3, 4)
        self.conv0_1 = conv_norm(2 + 3, 2)
        self.conv1_1 = conv_norm(3 + 4, 3)
        self.conv0_2 = conv_norm(2 * 2 + 3, 2)
        self.final = nn.Conv2d(2, 1, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x0_0 = self.conv0_0(x)
        x1_0 = self.conv1_0(self.pool(x0_0))
        x0_1 = self.conv0_1(torch.cat([x0_0, self.up(x1_0)], 1))
        x2_0 = self.conv2_0(self.pool(x1_0))
        x1_1 = self.conv1_1(torch.cat([x1_0, self.up(x2_0)], 1))
        x0_2 = self.conv0_2(torch.cat([x0_0, x0_1, self.up(x1_1)], 1))
        return self.final(x0_2)


class FCN(nn.Module):
    """Scores of two depths, added, and enlarged to the size of the input."""

    def __init__(self) -> None:
        super().__init__()
        self.pool3 = nn.Sequential(conv_norm(3, 4), nn.MaxPool2d(2))
        self.pool4 = nn.Sequential(conv_norm(4, 6), nn.MaxPool2d(2), nn.Dropout2d())
        self.score3 = nn.Conv2d(4, 2, 1)
        self.score4 = nn.Conv2d(6, 2, 1)
        self.upscore = nn.ConvTranspose2d(2, 2, 4, stride=2, padding=1, bias=False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        pool3 = self.pool3(x)
        score = self.upscore(self.score4(self.pool4(pool3)))
        score = score + self.score3(pool3)
        size = x.shape[-2:]
        out = F.interpolate(score, size=size, mode="bilinear", align_corners=False)
        return {"out": out}


class ASPP(nn.Module):
    """The head of a DeepLab: several dilations, and the mean of all positions."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            [
                conv_norm(3, 2, 1),
                nn.Conv2d(3, 2, 3, padding=2, dilation=2, bias=False),
                nn.Conv2d(3, 2, 3, padding=3, dilation=3, bias=False),
            ]
        )
        self.pooling = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(3, 2, 1))
        self.project = nn.Sequential(conv_norm(8, 4, 1), nn.Dropout(0.5))
        self.classifier = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        held = [conv(x) for conv in self.convs]
        size = x.shape[-2:]
        pooled = self.pooling(x)
        held.append(F.interpolate(pooled, size=size, mode="bilinear"))
        return self.classifier(self.project(torch.cat(held, dim=1)))


class LRASPP(nn.Module):
    """The head of MobileNet v3: a gate, and a part of higher resolution."""

    def __init__(self) -> None:
        super().__init__()
        self.low = conv_norm(3, 4)
        self.high = conv_norm(4, 6, 3, 2)
        self.cbr = conv_norm(6, 4, 1)
        gate = [nn.AdaptiveAvgPool2d(1), nn.Conv2d(6, 4, 1, bias=False), nn.Sigmoid()]
        self.scale = nn.Sequential(*gate)
        self.low_classifier = nn.Conv2d(4, 2, 1)
        self.high_classifier = nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        low = self.low(x)
        high = self.high(low)
        y = self.cbr(high) * self.scale(high)
        size = low.shape[-2:]
        y = F.interpolate(y, size=size, mode="bilinear", align_corners=False)
        return self.low_classifier(low) + self.high_classifier(y)


class FPN(nn.Module):
    """The highest of the maps of a feature pyramid."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = conv_norm(3, 4)
        self.layer2 = conv_norm(4, 6, 3, 2)
        self.inner1 = nn.Conv2d(4, 3, 1)
        self.inner2 = nn.Conv2d(6, 3, 1)
        self.layer_block = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        c1 = self.layer1(x)
        c2 = self.layer2(c1)
        last = self.inner2(c2)
        lateral = self.inner1(c1)
        top_down = F.interpolate(last, size=lateral.shape[-2:], mode="nearest")
        return self.layer_block(lateral + top_down)


NETS = {
    "U-Net": Net(UNet, (3, 5, 6)),
    "U-Net++": Net(NestedUNet, (3, 8, 8)),
    "FCN": Net(FCN, (3, 8, 8)),
    "DeepLab": Net(ASPP, (3, 6, 6)),
    "LR-ASPP": Net(LRASPP, (3, 6, 6)),
    "FPN": Net(FPN, (3, 6, 6)),
}
