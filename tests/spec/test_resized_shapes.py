"""Shapes of layers that resize, and why they cannot read others."""

from __future__ import annotations

import pytest

import netspec as ns
from netspec import Spec

GIVEN: list[tuple[ns.Shape, ns.Layer, ns.Shape]] = [
    ((8, 9), ns.LocalResponseNorm(5), (8, 9)),
    ((8, 9), ns.AdaptiveMaxPool1D(12), (8, 12)),
    ((8, 9, 5), ns.AdaptiveAvgPool2D((2, 1)), (8, 2, 1)),
    ((8, 9, 5, 7), ns.AdaptiveAvgPool3D(2), (8, 2, 2, 2)),
    ((8, 9), ns.Upsample1D(3), (8, 27)),
    ((8, 9), ns.ConvTranspose1D(6, 3, stride=2, dilation=2), (6, 21)),
    ((8, 9, 5), ns.ConvTranspose2D(6, 4, stride=2, padding=1), (6, 18, 10)),
    ((8, 9, 5), ns.ConvTranspose2D(6, 1, stride=3, output_padding=(0, 2)), (6, 25, 15)),
    ((8, 1, 2, 3), ns.ConvTranspose3D(6, 2, groups=2), (6, 2, 3, 4)),
    ((8, 9, 5), ns.Upsample2D((1, 2)), (8, 9, 10)),
    ((8, 9, 5, 7), ns.Upsample3D(size=(4, 6, 7)), (8, 4, 6, 7)),
]

REFUSED: list[tuple[ns.Shape, ns.Layer, str]] = [
    ((8, 9), ns.ConvTranspose1D(6, 3, groups=4), "groups must divide the output"),
    ((8, 9), ns.ConvTranspose1D(6, 3, output_padding=1),
     "less than the stride, received 1 and stride 1; give output_padding=0"),
    ((8, 9), ns.ConvTranspose1D(6, 3, padding=3), r"padding=2, and Crop1D\(1\) after"),
    ((8, 1, 9), ns.ConvTranspose2D(6, 3, padding=(2, 0)), "padding .* leaves nothing"),
    ((8, 9), ns.Upsample1D(), "received neither; give one, such as scale=2"),
    ((8, 9), ns.Upsample1D(2, size=18), "received both; give one"),
    ((8, 9), ns.Upsample1D(2, align_corners=True), "or give mode='linear'"),
    ((8, 9), ns.Upsample2D(2), r"inputs of shape \(channels, height, width\)"),
    ((8, 9), ns.AdaptiveAvgPool2D(2), r"inputs of shape \(channels, height, width\)"),
    ((8,), ns.LocalResponseNorm(5), r"put a Reshape to \(8, 1\) before it"),
    ((), ns.LocalResponseNorm(5), r"\(channels, \*positions\), received \(\)"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "layer", "said"), REFUSED)
def test_what_does_not_fit_is_refused(
    shape: ns.Shape, layer: ns.Layer, said: str
) -> None:
    with pytest.raises(ns.SpecError, match=said):
        Spec("shape", shape, [layer])


@pytest.mark.parametrize(("shape", "layer", "output"), GIVEN)
def test_what_fits_gives_a_shape(
    shape: ns.Shape, layer: ns.Layer, output: ns.Shape
) -> None:
    assert Spec("shape", shape, [layer]).output_shape == output


def test_the_fans_of_a_transposed_convolution_are_those_of_pytorch() -> None:
    spec = Spec("fans", (6, 5), [ns.ConvTranspose1D(4, 3, groups=2)])
    weight, bias = spec.parameters().values()
    assert (weight.shape, weight.fan_in, weight.fan_out) == ((6, 2, 3), 6, 18)
    assert (bias.shape, bias.fan_in) == ((4,), 6)
