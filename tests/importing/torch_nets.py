"""Small nets as people write them for PyTorch, each with the shape of one example."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Block(nn.Module):
    """Of a ResNet, with operations in place."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after, momentum=0.3, eps=1e-3)
        self.downsample = None
        if stride > 1:
            shortcut = nn.Conv2d(before, after, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(after))

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class ResNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, 1, 1, bias=False)
        self.maxpool = nn.MaxPool2d(3, 2, 1, ceil_mode=True)
        self.layer1 = nn.Sequential(Block(4, 4), Block(4, 4))
        self.layer2 = nn.Sequential(Block(4, 6, 2))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(F.relu(self.conv1(x)))
        x = self.layer2(self.layer1(x))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Dense(nn.Module):
    """A dense block and its transition."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 5, 7)
        self.norms = nn.ModuleList(nn.BatchNorm2d(n) for n in widths)
        self.convs = nn.ModuleList(nn.Conv2d(n, 2, 3, padding=1) for n in widths)
        self.out = nn.Conv2d(9, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        held = [x]
        for norm, conv in zip(self.norms, self.convs, strict=True):
            held.append(conv(F.relu(norm(torch.cat(held, 1)))))
        return F.avg_pool2d(self.out(torch.cat(held, 1)), 2)


class Inception(nn.Module):
    """Branches, one of them with branches of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Conv2d(3, 2, 1)
        self.three = nn.Sequential(
            nn.Conv2d(3, 2, 1), nn.ReLU(), nn.Conv2d(2, 2, 3, 1, 1)
        )
        self.wide = nn.Conv2d(3, 2, (1, 3), padding=(0, 1))
        self.high = nn.Conv2d(3, 2, (3, 1), padding=(1, 0))
        self.pool = nn.MaxPool2d(3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        split = F.relu6(x)
        both = torch.cat([self.wide(split), self.high(split)], 1)
        return torch.cat([self.three(x), self.one(x), both, self.pool(x)], 1)


class Gated(nn.Module):
    """Squeeze and excitation, hard swish by hand, and a last layer without bias."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, groups=3, padding="same", dilation=2)
        self.squeeze = nn.Conv2d(6, 2, 1)
        self.excite = nn.Conv2d(2, 6, 1)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(6, 3, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        y = y * F.relu6(y + 3) / 6
        gate = self.excite(F.silu(self.squeeze(F.adaptive_avg_pool2d(y, 1))))
        y = y * torch.sigmoid(gate)
        y = F.adaptive_avg_pool2d(y, 1).view(x.size(0), -1)
        return F.log_softmax(self.head(self.drop(y)), dim=1)


class Tokens(nn.Module):
    """A mixer: it transposes between its two parts, and has an embedding below."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(11, 6)
        self.norm1 = nn.LayerNorm(6)
        self.over_tokens = nn.Linear(5, 5)
        self.norm2 = nn.LayerNorm(6, bias=False)
        self.over_channels = nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 6))
        self.scale = nn.Parameter(torch.full((6,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        y = self.table(x)
        y = y + self.over_tokens(self.norm1(y).transpose(1, 2)).transpose(1, 2)
        y = y + self.scale * self.over_channels(self.norm2(y))
        return y.mean(1)


class Transformer(nn.Module):
    """Patches, a token before them, positions, and a block of attention."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 2, 2)
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.positions = nn.Parameter(torch.zeros(1, 10, 8))
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 12), nn.GELU())
        self.out = nn.Linear(12, 8)
        self.head = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = self.patches(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.token.expand(len(x), -1, -1), y], dim=1) + self.positions
        z = self.norm(y)
        y = y + self.attention(z, z, z, need_weights=False)[0]
        return self.head((y + self.out(self.mlp(y)))[:, 0])


class Sentences(nn.Module):
    """The last output of recurrent layers, of which one module has two."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(8, 2, batch_first=True, bias=False)
        self.head = nn.Linear(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.lstm(x)
        y, _ = self.gru(y)
        return self.head(y[:, -1])


IMAGES: dict[type[nn.Module], tuple[int, ...]] = {
    ResNet: (3, 9, 9),
    Dense: (3, 6, 6),
    Inception: (3, 5, 5),
    Gated: (3, 6, 6),
    Transformer: (3, 6, 6),
    Sentences: (5, 3),
}
