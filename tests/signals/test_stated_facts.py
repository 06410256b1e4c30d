"""What a layer of a user states about itself decides what a probe says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

import netspec
from netspec import Constant, Dense, Initializer, InitPolicy, Normal, Spec
from netspec.contract import Array
from netspec.declare import Field
from netspec.layers import CHAIN, Chain, Container, Elementwise, Layer, Shape, layer
from netspec.reference import Arithmetic, Pullback, Scope, Split, forward, join
from netspec.signals import Diagnosis, Idle, idle
from tests.signals.nets import deep


def elementwise(
    function: Callable[[Array], Array], slope: Callable[[Array], Array]
) -> Callable[[Layer, Array, Scope], tuple[Array, Pullback]]:
    """A function and its derivative as the reference of a layer."""
    return lambda layer, x, scope: (function(x), lambda dy: dy * slope(x))


@layer
class Floored(Elementwise):
    """``max(x, -0.1)``."""

    flat_at: ClassVar[tuple[float, ...]] = (-0.1,)


@layer
class SilentFloored(Floored):
    """A floor that does not say where it is flat."""

    flat_at = ()


forward.register(
    Floored, elementwise(lambda x: np.maximum(x, -0.1), lambda x: x > -0.1)
)


@layer
class Arc(Elementwise):
    """``atan(x)``."""

    fitting_init = "glorot"

    def relative_slope(self, y: Array) -> Array:
        return np.asarray(np.cos(y) ** 2)


@layer
class SilentArc(Elementwise):
    """``atan(x)``, without a word."""


ATAN = elementwise(np.arctan, lambda x: 1 / (1 + x * x))
forward.register(Arc, ATAN)
forward.register(SilentArc, ATAN)


@layer
class Gentle(Elementwise):
    """``tanh(x) / 5``."""

    steepest: ClassVar[float | None] = 0.2


@layer
class SilentGentle(Gentle):
    """A gentle function that does not say so."""

    steepest = None


forward.register(
    Gentle, elementwise(lambda x: np.tanh(x) / 5, lambda x: 0.2 / np.cosh(x) ** 2)
)


@layer
class Unit(Layer):
    """``x`` over its root mean square, which is taken for a constant."""

    normalizes = True

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class SilentUnit(Unit):
    """A normalization that does not say so."""

    normalizes = False


@forward.register
def unit(layer: Unit, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    size = np.sqrt(np.mean(x * x, -1, keepdims=True) + 1e-30)
    return x / size, lambda dy: dy * 1e-6


@layer
class Skipping(Container):
    """``x + body(x)``."""

    skips = True

    body: Field[Sequence[Layer], tuple[Layer, ...]] = Field(CHAIN)

    def chains(self) -> tuple[Chain, ...]:
        return (Chain("body", ("body",), self.body),)

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        return shape


@layer
class SilentSkipping(Skipping):
    """A way around that is not talked about."""

    skips = False


@join.register
def skipping(
    layer: Skipping, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    return x + outputs[0], lambda dy: [dy, dy]


def diagnose(spec: Spec) -> Diagnosis:
    return netspec.probe(spec)["spec"].verdict


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_units_that_are_flat_are_dead(dtype: str) -> None:
    bias: dict[str, Initializer] = {"bias": Constant(-1000.0)}
    for kind, found in ((Floored(), Idle("dead", 1.0)), (SilentFloored(), None)):
        net = Spec("net", (4,), [Dense(8, init=bias), kind, Dense(2)])
        assert netspec.probe(net, dtype=dtype)["spec"].row("1").idle == found


def test_values_where_the_slope_is_small_are_saturated() -> None:
    y = np.array([[0.0, 1.4, -1.5, 1.56]])
    assert idle(Arc(), y) == Idle("saturated", 2 / 4)
    assert idle(SilentArc(), y) is None
    wide = deep(1, 64, Arc, Normal(100))
    found = netspec.probe(wide)["spec"].row("1").idle
    assert found is not None
    assert found.share > 0.9


def test_the_first_weights_are_advised_that_a_layer_states() -> None:
    for kind, advised in ((Arc, "glorot"), (SilentArc, "LeCunNormal")):
        verdict = diagnose(deep(40, 64, kind, Normal(0.01)))
        assert verdict.word == "vanishing"
        assert verdict.remedies[0].endswith(f"init {advised}")


def test_a_function_that_is_nowhere_steep_is_to_be_replaced() -> None:
    told, silent = (
        diagnose(deep(12, 64, kind)).remedies for kind in (Gentle, SilentGentle)
    )
    assert "replace Gentle, whose slope is at most 1/5, by ReLU with init he" in told
    assert not any("replace" in remedy for remedy in silent)


def test_a_net_full_of_normalizations_is_not_told_to_normalize() -> None:
    for kind, told in ((Unit(), False), (SilentUnit(), True)):
        net = Spec("net", (64,), [Dense(64), kind] * 3)
        verdict = diagnose(replace(net, init=InitPolicy(Normal(1e-9))))
        assert verdict.word == "vanishing"
        assert any("normalize" in r for r in verdict.remedies) == told


def test_a_net_with_ways_around_is_not_told_to_make_some() -> None:
    for kind, told in ((Skipping, False), (SilentSkipping, True)):
        layers = [*deep(40, 64, Arc, Normal(0.01)).layers, kind([Dense(64)])]
        verdict = diagnose(Spec("net", (64,), layers, InitPolicy(Normal(0.01))))
        assert verdict.word == "vanishing"
        assert any("Residual" in r for r in verdict.remedies) == told
