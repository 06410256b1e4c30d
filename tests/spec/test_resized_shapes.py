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
    ((8, 9, 5), ns.Upsample2D((1, 2)), (8, 9, 10)),
    ((8, 9, 5, 7), ns.Upsample3D(size=(4, 6, 7)), (8, 4, 6, 7)),
]

REFUSED: list[tuple[ns.Shape, ns.Layer, str]] = [
    ((8, 9), ns.Upsample1D(), "received neither; give one, such as scale=2"),
    ((8, 9), ns.Upsample1D(2, size=18), "received both; give one"),
    ((8, 9), ns.Upsample1D(2, align_corners=True), "or give mode='linear'"),
    ((8, 9), ns.Upsample2D(2), r"inputs of shape \(channels, height, width\)"),
    ((8, 9), ns.AdaptiveAvgPool2D(2), r"inputs of shape \(channels, height, width\)"),
    ((8,), ns.LocalResponseNorm(5), r"put a Reshape to \(8, 1\) before it"),
    ((), ns.LocalResponseNorm(5), r"\(channels, \*positions\), received \(\)"),
]


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
