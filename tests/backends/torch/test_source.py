"""The exported file: it reads as an expert would have written it."""

from __future__ import annotations

import runpy
from pathlib import Path

from torch import nn

import netspec
from netspec import init as ni
from netspec import layers as nl
from netspec.init import InitPolicy
from netspec.spec import Spec
from netspec_torch import backend
from tests.backends.models import resnet


def test_mlp_reads_as_by_hand() -> None:
    body = [nl.Dense(256), nl.ReLU(), nl.Dense(256)]
    layers = [nl.Dense(256), nl.BatchNorm(), nl.ReLU(), nl.Dropout(0.3)]
    policy = InitPolicy(ni.KaimingNormal("relu"), bias=ni.Zeros())
    spec = Spec("mlp", (784,), [*layers, nl.Residual(body), nl.Dense(10)], policy)
    assert backend.source(spec) == MLP.replace("DIGEST", spec.digest[:12])


MLP = '''\
"""Model mlp, exported by netspec (digest DIGEST).

It needs nothing but PyTorch.
"""

from torch import Tensor, nn


class Residual(nn.Module):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(self, body: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return y + (x if self.shortcut is None else self.shortcut(x))


def build() -> nn.Sequential:
    """Make the network: (batch, 784) float32 to (batch, 10) float32."""
    return nn.Sequential(
        nn.Linear(784, 256),
        nn.BatchNorm1d(256),
        nn.ReLU(),
        nn.Dropout(0.3),
        Residual(nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 256))),
        nn.Linear(256, 10),
    )


def initialize(net: nn.Sequential) -> None:
    """Draw the first weights in place.

    What is not named here keeps what its constructor drew.
    """
    for layer in (net[0], net[4].body[0], net[4].body[2], net[5]):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
'''


def body_of_initialize(spec: Spec) -> str:
    return backend.source(spec).partition("def initialize")[2]


def test_long_nets_are_drawn_by_class() -> None:
    text = body_of_initialize(Spec("resnet", (3, 9, 8), resnet(), init="he"))
    assert "for layer in net.modules():" in text
    assert "if isinstance(layer, nn.Conv2d):" in text
    assert "elif isinstance(layer, nn.Linear):" in text


def test_constructors_that_draw_the_policy_are_left_to_it() -> None:
    layers = [nl.Dense(3), nl.BatchNorm(), nl.PReLU(), nl.Dense(2)]
    text = body_of_initialize(Spec("mlp", (4,), layers, init="torch"))
    assert "Do nothing" in text
    assert "nn.init" not in text


def test_names_are_attributes_and_others_are_indices() -> None:
    layers = [nl.Dense(3, name="hidden"), nl.ReLU(), nl.Dense(2, name="class")]
    source = backend.source(Spec("named", (4,), layers, InitPolicy(ni.Normal(0.1))))
    assert '("hidden", nn.Linear(4, 3)),' in source
    assert '("1", nn.ReLU()),' in source
    assert 'for layer in (net.hidden, getattr(net, "class")):' in source


def test_files_say_only_what_is_not_the_default() -> None:
    layers = [
        nl.Conv2D(8, kernel_size=(3, 3), stride=1, padding="same"),
        nl.MaxPool2D(2, stride=2),
        nl.BatchNorm(decay=0.99),
        nl.Conv2D(8, kernel_size=(3, 2), groups=2, dilation=(2, 1)),
        nl.LayerNorm(eps=1e-3, center=False),
        nl.AvgPool2D((2, 1), stride=1, count_include_pad=False),
        nl.Pad2D(((1, 2), (3, 4))),
        nl.Pad2D(((2, 2), (2, 2))),
    ]
    lines = backend.source(Spec("cnn", (4, 12, 12), layers)).splitlines()
    start = lines.index("    return nn.Sequential(")
    assert [line.strip() for line in lines[start + 1 : start + 10]] == [
        "nn.Conv2d(4, 8, kernel_size=3, padding=1),",
        "nn.MaxPool2d(2),",
        "# momentum: the weight of the new statistics",
        "nn.BatchNorm2d(8, momentum=0.01),",
        "nn.Conv2d(8, 8, kernel_size=(3, 2), dilation=(2, 1), groups=2),",
        "nn.LayerNorm(5, eps=0.001, bias=False),",
        "nn.AvgPool2d((2, 1), stride=1, count_include_pad=False),",
        "nn.ZeroPad2d((3, 4, 1, 2)),",
        "nn.ZeroPad2d(2),",
    ]


def test_padding_that_pytorch_does_not_take_comes_first() -> None:
    layers = [
        nl.Conv2D(8, 3, padding=1),
        nl.Conv2D(8, (3, 2), padding="same"),
        nl.MaxPool2D(3, stride=2, padding="same"),
        nl.AvgPool2D(2, stride=1, padding="same"),
        nl.AvgPool2D(3, stride=1, padding=2, count_include_pad=False),
        nl.MaxPool2D(2, stride=1, padding=1, dilation=3),
    ]
    lines = backend.source(Spec("net", (4, 8, 8), layers)).splitlines()
    start = lines.index("    return nn.Sequential(")
    assert [line.strip() for line in lines[start + 1 : start + 16]] == [
        "nn.Conv2d(4, 8, kernel_size=3, padding=1),",
        '# PyTorch pads both ends alike; its "same" warns, and takes no stride',
        "PaddedConv2d(8, 8, kernel_size=(3, 2), margins=(0, 1, 1, 1)),",
        "nn.Sequential(",
        'nn.ConstantPad2d((0, 1, 0, 1), float("-inf")),',
        "nn.MaxPool2d(3, stride=2),",
        "),",
        "nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.AvgPool2d(2, stride=1)),",
        "PaddedAvgPool(",
        "nn.AvgPool2d(3, stride=1),",
        "margins=(2, 2, 2, 2),",
        "counted=(0, 0, 0, 0),",
        "),",
        "nn.MaxPool2d(2, stride=1, padding=1, dilation=3),",
        ")",
    ]


def test_a_built_net_is_a_plain_sequential(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(backend.source(Spec("mlp", (4,), [nl.Dense(3), nl.ReLU()])))
    assert type(runpy.run_path(str(path))["build"]()) is nn.Sequential


def test_last_bits_are_those_of_parameters_that_ask_for_gradients() -> None:
    """`F.linear` multiplies a permuted input in another way where they do not."""
    spec = Spec("permuted", (4, 7, 6), [nl.Permute((1, 3, 2)), nl.Dense(5)])
    report = netspec.conform(spec, "torch", checks="source")
    assert report.passed, report.bad
