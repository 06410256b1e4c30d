"""The exported file: it reads as an expert would have written it."""

from __future__ import annotations

import runpy
from pathlib import Path

from mxnet.gluon import nn

from netspec import init as ni
from netspec import layers as nl
from netspec.init import InitPolicy
from netspec.spec import Spec
from netspec_gluon import backend


def test_mlp_reads_as_by_hand() -> None:
    body = [nl.Dense(256), nl.ReLU(), nl.Dense(256)]
    layers = [nl.Dense(256), nl.BatchNorm(), nl.ReLU(), nl.Dropout(0.3)]
    policy = InitPolicy(ni.KaimingNormal("relu"), bias=ni.Zeros())
    spec = Spec("mlp", (784,), [*layers, nl.Residual(body), nl.Dense(10)], policy)
    text = backend.source(spec)
    assert text.startswith(HEAD.replace("DIGEST", spec.digest[:12]))
    assert text.endswith(MLP)


HEAD = '''\
"""Model mlp, exported by netspec (digest DIGEST).

It needs nothing but MXNet.
"""

from contextlib import ExitStack
from importlib import import_module

import numpy as np

# MXNet 1.9.1 reads names that NumPy has since dropped; here they are while it loads
with ExitStack() as dropped:
    for value, names in (
'''

MLP = '''\
            dropped.callback(delattr, np, name)
    import_module("mxnet")

from typing import Any

import mxnet as mx
from mxnet.gluon import nn


class Residual(nn.HybridBlock):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(
        self, body: nn.HybridBlock, shortcut: nn.HybridBlock | None = None
    ) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))


def sequential(*blocks: nn.HybridBlock) -> nn.HybridSequential:
    """Blocks, one after another."""
    net = nn.HybridSequential()
    net.add(*blocks)
    return net


def build() -> nn.HybridSequential:
    """Make the network: (batch, 784) float32 to (batch, 10) float32."""
    net = nn.HybridSequential()
    net.add(
        # flatten=False: act on the last axis; by default Dense merges all of them
        nn.Dense(256, in_units=784, flatten=False),
        # momentum (0.9 by default) weighs the old statistics, which move in backward()
        nn.BatchNorm(in_channels=256),
        nn.Activation("relu"),
        nn.Dropout(0.3),
        Residual(
            sequential(
                nn.Dense(256, in_units=256, flatten=False),
                nn.Activation("relu"),
                nn.Dense(256, in_units=256, flatten=False),
            ),
        ),
        nn.Dense(10, in_units=256, flatten=False),
    )
    return net


def initialize(net: nn.HybridSequential) -> None:
    """Draw the first weights in place."""
    net.initialize(mx.init.Xavier(rnd_type="gaussian", factor_type="in", magnitude=2))
'''

NORM = "# momentum (0.9 by default) weighs the old statistics, which move in backward()"


def body_of(spec: Spec, function: str, dtype: str = "float32") -> list[str]:
    """The lines of a function of a file, without its docstring."""
    text = backend.source(spec, dtype=dtype).partition(f"def {function}(")[2]
    lines = text.partition("\n\n\n")[0].splitlines()
    return [line.strip() for line in lines[2:]]


def test_names_are_attributes_and_others_are_indices() -> None:
    layers = [
        nl.Dense(3, name="hidden"),
        nl.Tanh(),
        nl.BatchNorm(),
        nl.Dense(2, name="class"),
    ]
    policy = InitPolicy(ni.Normal(0.1), bias=ni.Uniform(0, 1))
    spec = Spec("named", (4,), layers, policy)
    assert body_of(spec, "build", "float64") == [
        "net = nn.HybridSequential()",
        "# flatten=False: act on the last axis; by default Dense merges all of them",
        "net.hidden = nn.Dense(3, in_units=4, flatten=False)",
        NORM,
        'net.add(nn.Activation("tanh"), nn.BatchNorm(in_channels=3))',
        'setattr(net, "class", nn.Dense(2, in_units=3, flatten=False))',
        'net.cast("float64")  # before initialize, which then draws doubles',
        "return net",
    ]
    assert body_of(spec, "initialize") == [
        "net.initialize(mx.init.Normal(0.1))",
        'for layer in (net.hidden, getattr(net, "class")):',
        "layer.bias.initialize(Shifted(mx.init.Uniform(0.5), 0.5), force_reinit=True)",
    ]


def test_only_what_differs_from_most_is_drawn_apart() -> None:
    odd = {"weight": ni.Orthogonal()}
    layers = [nl.Dense(3), nl.Dense(3, init=odd), nl.Dense(3), nl.BatchNorm()]
    assert body_of(Spec("s", (4,), layers), "initialize") == [
        "net.initialize(mx.init.Xavier())",
        "net[1].weight.initialize(Orthogonal(), force_reinit=True)",
    ]
    same = InitPolicy(ni.Normal(0.1), bias=ni.Normal(0.1))
    assert body_of(Spec("s", (4,), [nl.Dense(3)], same), "initialize") == [
        "net.initialize(mx.init.Normal(0.1))",
        "net[0].bias.initialize(mx.init.Normal(0.1), force_reinit=True)",
    ]


def test_files_say_only_what_is_not_the_default() -> None:
    layers = [
        nl.Conv2D(8, kernel_size=(3, 3), stride=1, padding="same"),
        nl.MaxPool2D(2, stride=2),
        nl.BatchNorm(decay=0.99),
        nl.Conv2D(8, kernel_size=(3, 2), groups=2, dilation=(2, 1)),
        nl.LayerNorm(eps=1e-3, center=False),
        nl.AvgPool2D((2, 1), stride=1, count_include_pad=False),
        nl.Pad2D(((1, 2), (3, 4))),
    ]
    assert body_of(Spec("cnn", (4, 12, 12), layers), "build")[2:-2] == [
        "nn.Conv2D(8, kernel_size=3, padding=1, in_channels=4),",
        "nn.MaxPool2D(2),",
        NORM,
        "nn.BatchNorm(momentum=0.99, in_channels=8),",
        "nn.Conv2D(8, kernel_size=(3, 2), dilation=(2, 1), groups=2, in_channels=8),",
        "nn.LayerNorm(epsilon=0.001, center=False, in_channels=5),",
        "nn.AvgPool2D((2, 1), strides=1, count_include_pad=False),",
        "ZeroPad2D(1, 2, 3, 4),",
    ]


def test_padding_that_gluon_does_not_take_comes_first() -> None:
    layers = [
        nl.Conv2D(8, (3, 2), padding="same"),
        nl.MaxPool2D(3, stride=2, padding="same"),
        nl.AvgPool2D(2, stride=1, padding=((0, 1), (1, 0))),
        nl.MaxPool2D(3, stride=1, padding=2),
    ]
    assert body_of(Spec("net", (4, 8, 8), layers), "build")[2:-2] == [
        "# Gluon pads both ends alike",
        "PaddedConv2D(8, kernel_size=(3, 2), margins=(1, 1, 0, 1), in_channels=4),",
        'sequential(Pad(0, 1, 0, 1, value=float("-inf")), nn.MaxPool2D(3, strides=2)),',
        "sequential(Pad(0, 1, 1, 0), nn.AvgPool2D(2, strides=1)),",
        "nn.MaxPool2D(3, strides=1, padding=2),",
    ]


def test_a_built_net_is_a_plain_sequential(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(backend.source(Spec("mlp", (4,), [nl.Dense(3), nl.ReLU()])))
    assert type(runpy.run_path(str(path))["build"]()) is nn.HybridSequential
