"""Images made of noise, and of other images."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.importing.architectures.net import Net, conv_norm


class Generator(nn.Module):
    """Of a DCGAN."""

    def __init__(self, noise: int = 5) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(noise, 4, 4, 1, 0, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(True),
            nn.ConvTranspose2d(4, 2, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, z: Tensor) -> Tensor:
        return self.main(z)


class Discriminator(nn.Module):
    """Of a DCGAN."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(3, 4, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(4, 6, 4, 2, 1, bias=False),
            nn.BatchNorm2d(6),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(6, 1, 2, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.main(x).view(-1, 1)


class SRResNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(3, 4, 5, padding=2), nn.PReLU())
        self.block = nn.Sequential(
            conv_norm(4, 4, activation=nn.PReLU), conv_norm(4, 4, activation=None)
        )
        self.conv2 = conv_norm(4, 4, activation=None)
        up = [nn.Conv2d(4, 16, 3, 1, 1), nn.PixelShuffle(2), nn.PReLU()]
        self.upsampling = nn.Sequential(*up)
        self.conv3 = nn.Conv2d(4, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        out1 = self.conv1(x)
        out = out1 + self.block(out1)
        out = out1 + self.conv2(out)
        return torch.clamp(self.conv3(self.upsampling(out)), 0.0, 1.0)


class ESPCN(nn.Module):
    def __init__(self, upscale_factor: int = 3) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, (5, 5), (1, 1), (2, 2))
        self.conv2 = nn.Conv2d(4, upscale_factor**2, 3, 1, 1)
        self.pixel_shuffle = nn.PixelShuffle(upscale_factor)

    def forward(self, x: Tensor) -> Tensor:
        return self.pixel_shuffle(self.conv2(torch.tanh(self.conv1(x))))


class StyleBlock(nn.Module):
    """A residual block of image translation: reflected, and normalized by itself."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(True),
            nn.ReplicationPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels, affine=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x)


class Translator(nn.Module):
    """The generator of a CycleGAN."""

    def __init__(self) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(3, 4, 3, stride=2, padding=1),
            nn.InstanceNorm2d(4),
            nn.ReLU(True),
            StyleBlock(4),
            nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1),
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class Synthesis(nn.Module):
    """Of a StyleGAN, from its mapping on: a style scales and shifts each channel of a
    constant, as far as that needs no noise.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mapping = nn.Sequential(
            nn.Linear(6, 6), nn.LeakyReLU(0.2), nn.Linear(6, 6), nn.LeakyReLU(0.2)
        )
        self.start = nn.Linear(6, 4 * 3 * 3)
        self.scale = nn.Linear(6, 4)
        self.shift = nn.Linear(6, 4)
        self.norm = nn.InstanceNorm2d(4)
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.to_rgb = nn.Conv2d(4, 3, 1)

    def forward(self, z: Tensor) -> Tensor:
        w = self.mapping(z)
        x = self.start(w).view(-1, 4, 3, 3)
        x = F.leaky_relu(self.conv(F.interpolate(x, scale_factor=2.0)), 0.2)
        scale = self.scale(w).unsqueeze(-1).unsqueeze(-1)
        shift = self.shift(w).unsqueeze(-1).unsqueeze(-1)
        return self.to_rgb(self.norm(x) * scale + shift)


class Patches(nn.Module):
    """The discriminator of pix2pix: a score for each patch."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(3, 4, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2, True),
            nn.Conv2d(4, 6, 4, stride=1, padding=1, bias=False),
            nn.GroupNorm(3, 6),
            nn.LeakyReLU(0.2, True),
            nn.Conv2d(6, 1, kernel_size=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


NETS = {
    "DCGAN, generator": Net(Generator, (5, 1, 1)),
    "DCGAN, discriminator": Net(Discriminator, (3, 8, 8)),
    "SRResNet": Net(SRResNet, (3, 4, 4)),
    "ESPCN": Net(ESPCN, (1, 4, 4)),
    "CycleGAN": Net(Translator, (3, 6, 6)),
    "StyleGAN": Net(Synthesis, (6,)),
    "pix2pix": Net(Patches, (3, 8, 8)),
}
