"""One layer after another: the nets of the first years."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.importing.architectures.net import Net


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 5)
        self.conv2 = nn.Conv2d(3, 4, 3)
        self.fc1 = nn.Linear(16, 8)
        self.fc2 = nn.Linear(8, 6)
        self.fc3 = nn.Linear(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, self.num_flat_features(x))
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)

    def num_flat_features(self, x: Tensor) -> int:
        features = 1
        for size in x.size()[1:]:
            features *= size
        return features


class AlexNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 4, kernel_size=5, stride=2, padding=2),
            nn.ReLU(inplace=True),
            nn.LocalResponseNorm(5, k=2),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(4, 6, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(
            nn.Dropout(),
            nn.Linear(24, 8),
            nn.ReLU(inplace=True),
            nn.Dropout(0.3),
            nn.Linear(8, 5),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = torch.flatten(self.avgpool(self.features(x)), 1)
        return self.classifier(x)


class VGG(nn.Module):
    """With BatchNorm, made of a list as torchvision makes it."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for size in (4, "M", 6, 6, "M"):
            if isinstance(size, str):
                layers += [nn.MaxPool2d(kernel_size=2, stride=2)]
                continue
            conv = nn.Conv2d(channels, size, kernel_size=3, padding=1)
            layers += [conv, nn.BatchNorm2d(size), nn.ReLU(inplace=True)]
            channels = size
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(24, 8), nn.ReLU(True), nn.Dropout(), nn.Linear(8, 5)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.features(x), 1))


class NiN(nn.Module):
    """Network in network: what is between convolutions is a small net of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            *self.block(3, 4, 3, 1),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Dropout(0.5),
            *self.block(4, 5, 3, 1),
        )
        self.pool = nn.AvgPool2d(4)

    @staticmethod
    def block(before: int, after: int, kernel: int, padding: int) -> list[nn.Module]:
        wide = nn.Conv2d(before, after, kernel, padding=padding)
        ones = [nn.Conv2d(after, after, 1) for _ in range(2)]
        return [wide, nn.ReLU(), ones[0], nn.ReLU(), ones[1], nn.ReLU()]

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(self.blocks(x)).squeeze(-1).squeeze(-1)


class Darknet(nn.Module):
    """Of YOLO: leaky, and without biases."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = self.unit(3, 4, 3)
        self.conv2 = self.unit(4, 6, 3)
        self.conv3 = self.unit(6, 4, 1)
        self.head = nn.Conv2d(4, 5, 1)

    @staticmethod
    def unit(before: int, after: int, size: int) -> nn.Sequential:
        conv = nn.Conv2d(before, after, size, 1, (size - 1) // 2, bias=False)
        norm = nn.BatchNorm2d(after, momentum=0.03, eps=1e-4)
        return nn.Sequential(conv, norm, nn.LeakyReLU(0.1, inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(self.conv1(x), 2, 2)
        x = self.conv3(self.conv2(x))
        return self.head(x).mean([2, 3])


class Autoencoder(nn.Module):
    """Through few channels and back, by transposed convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 4, 3, stride=2, padding=1),
            nn.ELU(),
            nn.Conv2d(4, 2, 3, stride=2, padding=1),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1),
            nn.ELU(),
            nn.ConvTranspose2d(4, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


NETS = {
    "LeNet": Net(LeNet, (1, 16, 16)),
    "AlexNet": Net(AlexNet, (3, 17, 17)),
    "VGG": Net(VGG, (3, 8, 8)),
    "NiN": Net(NiN, (3, 8, 8)),
    "Darknet": Net(Darknet, (3, 6, 6)),
    "autoencoder": Net(Autoencoder, (1, 8, 8)),
}
