"""Layers of a user that look at axes: which layout they get."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from netspec import layers as nl
from netspec.declare import Field
from netspec.declare.rules import sequence
from netspec.layers import CHAIN, Chain, Conv2D, Dense, Shape, layer
from netspec.layers._activations import ReLU
from netspec.program import Call, call
from netspec.program.layouts import Flow, plan
from netspec.spec import Placed, Spec
from netspec_jax import Context, Layout, backend, chain, lower, wanted
from netspec_jax.support.base import Layer, elementwise
from netspec_jax.support.containers import fan_out


@layer
class Flip(ReLU):
    """A layer that looks at an axis."""


@layer
class FlipLast(Flip):
    """A layer that looks at an axis and says that it can do so channels last."""


def flip(axis: int) -> Layer:
    return elementwise(lambda x: jnp.flip(x, axis))


@lower.register
def flip_layer(layer: Flip, node: Placed, ctx: Context) -> Call:
    return call(flip, 1)


@lower.register
def flip_last_layer(layer: FlipLast, node: Placed, ctx: Context) -> Call:
    return call(flip, -1)


@wanted.register
def flip_last(layer: FlipLast) -> Layout:
    return Layout.LAST


@pytest.mark.parametrize(
    ("flipping", "layout"), [(Flip(), Layout.FIRST), (FlipLast(), Layout.LAST)]
)
def test_a_layer_is_channels_first_unless_it_says_otherwise(
    flipping: nl.Layer, layout: Layout
) -> None:
    conv = Conv2D(3, kernel_size=1)
    flipped = Spec("flip", (2, 5, 4), [conv, flipping, ReLU()])
    assert plan(flipped.graph)["1"].runs is layout
    model = backend.compile(flipped, seed=0)
    alone = Spec("alone", (2, 5, 4), [conv, ReLU()])
    x = np.random.default_rng(0).normal(size=(2, 2, 5, 4)).astype(np.float32)
    plain = backend.forward(backend.compile(alone, seed=0), alone, x)
    assert np.array_equal(backend.forward(model, flipped, x), plain[:, ::-1])


@layer
class Stack(nl.Container):
    """Branches stacked along a new axis 1."""

    branches: Field[Any, tuple[tuple[nl.Layer, ...], ...]] = Field(
        sequence(CHAIN, "branches")
    )

    def chains(self) -> tuple[Chain, ...]:
        return tuple(
            Chain(f"way{i}", ("branches", i), branch)
            for i, branch in enumerate(self.branches)
        )

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        return (len(outputs), *outputs[0])


def stack(*branches: Layer) -> Layer:
    named = {f"way{i}": branch for i, branch in enumerate(branches)}
    return fan_out(named, lambda outputs: jnp.stack(outputs, axis=1))


@lower.register
def stack_layer(layer: Stack, node: Placed, ctx: Context) -> Call:
    return call(stack, *(chain(branch, ctx) for branch in node.branches))


def test_a_container_is_channels_first_outside_and_fast_inside() -> None:
    conv = Conv2D(3, kernel_size=3, padding=1)
    ways = Stack([[conv, ReLU(), conv], [nl.Identity()]])
    stacked = Spec("stack", (2, 5, 4), [conv, ways, nl.Flatten(), Dense(2)])
    flows = plan(stacked.graph)
    assert flows["1"] == Flow(Layout.LAST, Layout.FIRST, Layout.FIRST)
    assert [flows[f"1.way0.{i}"].runs for i in range(3)] == [Layout.LAST] * 3
    model = backend.compile(stacked, seed=0)
    assert list(model.params["1"]) == ["way0"]
    x = np.random.default_rng(0).normal(size=(2, 2, 5, 4)).astype(np.float32)
    alone = Spec("alone", (2, 5, 4), [conv])
    plain = backend.forward(backend.compile(alone, seed=0), alone, x)
    whole = Spec("whole", (2, 5, 4), [conv, ways])
    y = backend.forward(backend.compile(whole, seed=0), whole, x)
    assert y.shape == (2, 2, 3, 5, 4)
    assert np.array_equal(y[:, 1], plain)
