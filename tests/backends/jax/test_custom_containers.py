"""Layers and containers of a user in JAX: what they state about the order of axes is
used, and what they compute stays the same.
"""

from __future__ import annotations

import re

import pytest

import tests.backends.custom.jax
import tests.backends.custom.reference  # noqa: F401 (both register)
from netspec import layers as nl
from netspec.conformance import agree, draw_case
from netspec.declare import Field
from netspec.declare.rules import SIZE
from netspec.layers import Layer, layer
from netspec.program.layouts import plan
from netspec.spec import Spec
from netspec_jax import Layout, backend, wanted
from tests.backends.custom.layers import AnywhereGate, Attend, Cube, Gate, PlainCube
from tests.backends.jax.test_layout import CONV, transposes

SHAPE = (4, 4, 4)  # where a mistaken axis fits
DENSE = nl.Dense(4)  # along the last axis of the spec
BESIDE = [CONV, nl.Sigmoid()]
INSIDE = nl.Residual([CONV], shortcut=BESIDE)

NETS: list[tuple[list[Layer], int]] = [
    ([CONV, AnywhereGate([CONV], BESIDE), CONV], 2),
    ([AnywhereGate([nl.ReLU()], BESIDE), CONV], 2),
    ([CONV, AnywhereGate([AnywhereGate([CONV], BESIDE), CONV], BESIDE)], 2),
    ([CONV, Attend([CONV]), Attend([nl.Tanh()]), CONV], 2),
    ([CONV, Cube(), CONV], 2),
    ([nl.Residual([Cube(), CONV]), CONV], 2),
    # what does not say so runs as the spec has it: correct, at a price
    ([CONV, Gate([CONV], BESIDE), CONV], 8),
    ([CONV, PlainCube(), CONV], 4),
    # so does a chain in it that needs the order of the spec
    ([CONV, AnywhereGate([CONV, DENSE], BESIDE), CONV], 5),
    ([CONV, Attend([CONV, DENSE]), CONV], 4),
    ([Attend([CONV, DENSE])], 4),
]


@pytest.mark.parametrize(("layers", "expected"), NETS, ids=str)
def test_transposes(layers: list[Layer], expected: int) -> None:
    assert transposes(Spec("net", SHAPE, layers)) == expected


def moves(layers: list[Layer]) -> list[str]:
    """What an exported net does with the order of axes, in the order of its text."""
    text = backend.source(Spec("net", SHAPE, layers))
    net = text.partition("\ndef build")[2].partition("\ndef init(")[0]
    return re.findall(r"\b(?:before|after|channels_first|channels_last)\b", net)


def test_a_gate_that_says_so_is_exported_as_a_residual_is() -> None:
    gated = moves([CONV, AnywhereGate([CONV], BESIDE), CONV])
    assert gated == moves([CONV, INSIDE, CONV])
    assert len(gated) == 4  # two adapters, each with its function
    assert len(moves([CONV, Gate([CONV], BESIDE), CONV])) == 16


@pytest.mark.parametrize("layers", [layers for layers, _ in NETS], ids=str)
def test_they_agree_with_the_reference(layers: list[Layer]) -> None:
    case = draw_case(Spec("net", SHAPE, layers), train=True, dtype="float64")
    with backend.quick():
        agreement = agree(backend, case)
    assert agreement.passed, str(agreement)


@layer
class FirstCube(Cube):
    """A cube whose lowering wants channels first."""


@layer
class AnyCube(PlainCube):
    """A cube whose lowering takes what comes."""


@wanted.register
def first(layer: FirstCube) -> Layout:
    return Layout.FIRST


@wanted.register
def whatever(layer: AnyCube) -> None:
    return None


@pytest.mark.parametrize(
    ("cube", "runs", "expected"),
    [
        (Cube(), Layout.LAST, 2),
        (FirstCube(), Layout.FIRST, 4),
        (PlainCube(), Layout.FIRST, 4),
        (AnyCube(), Layout.LAST, 2),
    ],
    ids=repr,
)
def test_what_is_registered_wins_over_what_is_stated(
    cube: Layer, runs: Layout, expected: int
) -> None:
    net = Spec("net", SHAPE, [CONV, cube, CONV])
    assert plan(net.graph)["1"].runs is runs
    assert transposes(net) == expected


@layer
class ShiftCube(Cube):
    """A cube that says by a field which order of axes it needs."""

    axis: Field[int, int] = Field(SIZE)

    @property
    def layout(self) -> str:
        return "any" if self.axis == 0 else "spec"


@layer
class SpatialCube(PlainCube):
    """A cube of images."""

    spatial = True


def test_what_is_spatial_runs_channels_last() -> None:
    for layers in ([CONV, SpatialCube(), CONV], [SpatialCube()]):
        assert transposes(Spec("net", SHAPE, layers)) == 2


@layer
class InPlace(nl.Sequential):
    """Layers as if they stood in its place."""

    keeps_layout = True


@layer
class Enclosed(nl.Sequential):
    """Layers that have a place of their own."""

    inline = False
    keeps_layout = True


def test_what_is_inline_reads_what_comes() -> None:
    for kind, runs in ((InPlace, Layout.FIRST), (Enclosed, Layout.LAST)):
        net = Spec("net", SHAPE, [kind([nl.Tanh(), CONV])])
        assert plan(net.graph)["0"].runs is runs


def test_a_fact_may_depend_on_a_field() -> None:
    found = [transposes(Spec("net", SHAPE, [CONV, ShiftCube(i), CONV])) for i in (0, 1)]
    assert found == [2, 4]
