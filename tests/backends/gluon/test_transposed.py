"""Transposed convolutions whose windows lie side by side, in float32."""

from __future__ import annotations

import pytest

import netspec
from netspec import (
    BatchNorm,
    Conv1D,
    Conv2D,
    ConvTranspose1D,
    ConvTranspose2D,
    Layer,
    ReLU,
    Spec,
)
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import agree
from netspec_gluon.support.transposed import ConvTranspose, ConvTransposeBeside

RISING = (
    Spec("line", (3, 7), [Conv1D(16, 2), ConvTranspose1D(8, 3, stride=3)]),
    Spec(
        "image",
        (3, 5, 4),
        [
            *(Conv2D(16, 2), ReLU()),
            ConvTranspose2D(8, (2, 3), stride=(2, 3), bias=False),
            *(BatchNorm(), Conv2D(8, 3)),
        ],
    ),
)


@pytest.mark.parametrize("spec", RISING, ids=lambda spec: spec.name)
@pytest.mark.parametrize("train", [False, True])
def test_it_agrees_in_blocks_of_channels(spec: Spec, train: bool) -> None:
    case = draw_case(spec, train=train, dtype="float32")
    assert agree(netspec.backend("gluon"), case).passed


@pytest.mark.parametrize(
    ("layer", "block"),
    [
        (ConvTranspose2D(1, 2, stride=2), ConvTransposeBeside),
        (ConvTranspose2D(2, (1, 3), stride=(1, 3)), ConvTransposeBeside),
        (ConvTranspose2D(2, 2, stride=2, groups=2), ConvTranspose),
        (ConvTranspose2D(2, 2, stride=2, dilation=2), ConvTranspose),
        (ConvTranspose2D(2, 2, stride=2, padding=1), ConvTranspose),
        (ConvTranspose2D(2, 2, stride=2, output_padding=1), ConvTranspose),
        (ConvTranspose2D(2, 3, stride=2), ConvTranspose),
    ],
)
def test_elsewhere_zeros_lie_between(layer: Layer, block: type) -> None:
    net = netspec.compile(Spec("one", (4, 3, 3), [layer]), "gluon", seed=0)
    assert type(net[0]) is block
