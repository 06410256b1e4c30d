"""Convolutions on which XLA ends the process, unless they are padded apart."""

from __future__ import annotations

import pytest

import netspec
from netspec import Conv2D, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import agree


@pytest.mark.parametrize(
    ("kernel", "shape"),
    [
        ((3, 2), (3, 4, 4)),
        ((3, 2), (3, 2, 6)),
        ((2, 3), (3, 4, 3)),
        ((2, 4), (3, 6, 6)),
        ((4, 2), (3, 5, 6)),
    ],
    ids=str,
)
@pytest.mark.parametrize("train", [False, True])
def test_gradients_of_small_images(
    kernel: tuple[int, int], shape: tuple[int, ...], train: bool
) -> None:
    spec = Spec("small", shape, [Conv2D(4, kernel_size=kernel, stride=2, padding=1)])
    case = draw_case(spec, train=train, dtype="float32")
    assert agree(netspec.backend("jax"), case).passed
    assert "padded(" in netspec.export(spec, "jax")


@pytest.mark.parametrize(
    "layer",
    [
        Conv2D(4, kernel_size=(3, 2), padding=1),
        Conv2D(4, kernel_size=3, stride=2, padding=1),
        Conv2D(4, kernel_size=(3, 2), stride=2),
    ],
    ids=str,
)
def test_other_convolutions_pad_inside(layer: Conv2D) -> None:
    spec = Spec("plain", (3, 8, 8), [layer])
    assert "padded(" not in netspec.export(spec, "jax")
