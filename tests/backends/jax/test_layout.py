"""Layouts: a net is transposed where it enters its convolutions and where it leaves
them, and nowhere else; what it computes has the shapes of the spec.
"""

from __future__ import annotations

import re
from functools import partial

import jax
import pytest
from hypothesis import given

import nets
from netspec import layers as nl
from netspec.fuzzing.strategies import specs
from netspec.layers import Layer, Shape
from netspec.program.layouts import axis_in, plan
from netspec.spec import Spec
from netspec_jax import Layout, backend

PLANE: Shape = (4, 8, 6)
CONV = nl.Conv2D(4, kernel_size=3, padding=1)


def batch(spec: Spec) -> jax.ShapeDtypeStruct:
    dtype = "float32" if spec.input_dtype == "float" else "int32"
    return jax.ShapeDtypeStruct((3, *spec.input_shape), dtype)


def transposes(spec: Spec) -> int:
    model = backend.compile(spec, seed=0)
    traced = jax.make_jaxpr(model.apply)(model.params, model.state, batch(spec))
    return len(re.findall(r"= transpose\[", str(traced)))


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([CONV], 2),
        ([CONV, nl.ReLU(), CONV, nl.MaxPool2D(2), CONV], 2),
        ([CONV, nl.BatchNorm(), nl.GroupNorm(2), nl.InstanceNorm(), CONV], 2),
        ([CONV, nl.Dropout(0.5), nl.Softmax(1), nl.PReLU(per_channel=True), CONV], 2),
        ([CONV, nl.Flatten(), nl.Dense(3)], 2),
        ([CONV, nl.GlobalAvgPool2D(), nl.Dense(3)], 1),
        ([nl.ReLU(), nl.Pad2D(((1, 1), (1, 1))), CONV, nl.GlobalMaxPool2D()], 1),
        ([CONV, nl.Residual([CONV, nl.ReLU()]), nl.ReLU(), CONV], 2),
        ([nl.Residual([nl.ReLU(), CONV]), CONV], 2),
        ([nl.Residual([CONV], shortcut=[nl.Tanh()]), CONV], 2),
        ([CONV, nl.Parallel([[CONV], [nl.AvgPool2D(1)], [nl.Identity()]]), CONV], 2),
        ([CONV, nl.Sequential([nl.Sequential([CONV]), nl.ReLU()]), CONV], 2),
        # a branch that needs the order of the spec comes back on its own
        ([nl.Parallel([[CONV], [CONV, nl.Dense(6)]])], 3),
        # unless it joins the input: then it takes the order of that
        ([nl.Residual([CONV, nl.Dense(6)])], 4),
        ([nl.Residual([CONV, nl.Dense(6)]), CONV], 4),
        ([CONV, nl.Residual([CONV, nl.Dense(6)]), CONV], 4),
        # nothing to be gained
        ([nl.Dense(5), nl.LayerNorm(), nl.ReLU(), nl.Residual([nl.Dense(5)])], 0),
        ([nl.Residual([nl.Tanh()]), nl.Parallel([[nl.ReLU()], [nl.Tanh()]])], 0),
    ],
    ids=str,
)
def test_transposes(layers: list[Layer], expected: int) -> None:
    assert transposes(Spec("net", PLANE, layers)) == expected


@pytest.mark.parametrize("spec", [nets.lenet(), nets.resnet18(), nets.mobilenet()])
def test_whole_nets_are_transposed_where_they_are_entered(spec: Spec) -> None:
    flat = any(isinstance(node.layer, nl.Flatten) for node in spec.graph.walk())
    assert transposes(spec) == 1 + flat


@given(specs(depth=2))
def test_shapes_are_those_of_the_spec(spec: Spec) -> None:
    model = backend.compile(spec, seed=0)
    for train in (True, False):
        run = partial(model.apply, train=train, key=jax.random.key(0))
        y, state = jax.eval_shape(run, model.params, model.state, batch(spec))
        assert y.shape == (3, *spec.output_shape)
        assert y.dtype == "float32"
        assert jax.tree.map(kind, state) == jax.tree.map(kind, model.state)


def kind(leaf: jax.Array) -> tuple[tuple[int, ...], str]:
    return leaf.shape, leaf.dtype.name


@given(specs(depth=2))
def test_plans_are_consistent(spec: Spec) -> None:
    made = plan(spec.graph)
    for node in spec.graph.walk():
        flow = made[node.path]
        if len(node.input_shape) < 2:
            assert flow.reads is flow.runs is Layout.FIRST
        if len(node.output_shape) < 2:
            assert flow.gives is Layout.FIRST
        for branch in node.branches:
            if len(branch.input_shape) >= 2:  # or it reads pooled chains of a Graph
                assert made[branch.nodes[0].path].reads is flow.runs


@pytest.mark.parametrize("rank", [3, 4])
def test_axes_follow_a_transpose(rank: int) -> None:
    sizes = tuple(range(10, 10 + rank))  # batch, channels, ...
    last = (sizes[0], *sizes[2:], sizes[1])
    for axis in (*range(1, rank), *range(1 - rank, 0)):
        assert sizes[axis_in(Layout.FIRST, axis, rank)] == sizes[axis]
        assert last[axis_in(Layout.LAST, axis, rank)] == sizes[axis]
