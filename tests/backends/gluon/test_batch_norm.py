"""BatchNorm beside Conv1D and Conv3D: MXNet cannot train it in blocks of 8 channels."""

from __future__ import annotations

import pytest
from mxnet.gluon import nn

import netspec
from netspec import BatchNorm, Conv1D, Conv3D, Dense, MaxPool1D, MaxPool3D, ReLU, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import agree
from netspec.layers import Shape
from netspec_gluon.support.normalization import BatchNorm1D, BatchNorm3D

LINE = [
    *(Conv1D(16, kernel_size=3), BatchNorm(), ReLU(), MaxPool1D(2)),
    *(Conv1D(8, kernel_size=3), BatchNorm(scale=False)),
]
VOLUME = [
    *(Conv3D(16, kernel_size=3), BatchNorm(), ReLU(), MaxPool3D(2)),
    *(Conv3D(8, kernel_size=2), BatchNorm(scale=False)),
]
CHAINS = [Spec("line", (3, 14), LINE), Spec("volume", (3, 6, 7, 8), VOLUME)]


@pytest.mark.parametrize("spec", CHAINS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("train", [False, True])
def test_it_agrees_beside_convolutions(spec: Spec, dtype: str, train: bool) -> None:
    case = draw_case(spec, train=train, dtype=dtype)
    assert agree(netspec.backend("gluon"), case).passed


@pytest.mark.parametrize(
    ("spec", "dtype"),
    [
        (Spec("image", (8, 5, 4), [BatchNorm()]), "float32"),
        (Spec("channels", (9, 5), [BatchNorm()]), "float32"),
        (Spec("volumes", (9, 5, 4, 3), [BatchNorm()]), "float32"),
        (Spec("double", (8, 5), [BatchNorm()]), "float64"),
        (Spec("flat", (8,), [BatchNorm(), Dense(2)]), "float32"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_elsewhere_it_is_that_of_gluon(spec: Spec, dtype: str) -> None:
    net = netspec.compile(spec, "gluon", seed=0, dtype=dtype)
    assert type(net[0]) is nn.BatchNorm


@pytest.mark.parametrize(
    ("shape", "block"), [((8, 5), BatchNorm1D), ((8, 5, 4, 3), BatchNorm3D)]
)
def test_in_blocks_it_has_the_parameters_of_gluon(shape: Shape, block: type) -> None:
    net = netspec.compile(Spec("blocks", shape, [BatchNorm()]), "gluon", seed=0)
    assert isinstance(net[0], block)
    assert set(net._collect_params_with_prefix()) == {
        f"0.{name}" for name in ("gamma", "beta", "running_mean", "running_var")
    }
