"""Layers as calls of the constructors in `netspec_jax.support`: the dispatch by type,
and helpers for the functions in `netspec_jax.layers`.

Options that equal their default are left out, as an expert leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, singledispatch
from pathlib import Path
from typing import Any, TypeAlias

from netspec import layers as L
from netspec import program
from netspec.errors import BackendError
from netspec.program import Call, Expr, Name, call, lowering, terse
from netspec.program.layouts import Layout, Plan, axis_in
from netspec.spec import Placed, PlacedChain

OURS = "netspec_jax"
SUPPORT = f"{OURS}.support"

LayerCall: TypeAlias = Call | Name


@dataclass(frozen=True)
class Context:
    """Properties of a model on which a lowering may depend.

    Attributes:
        dtype: ``"float32"`` or ``"float64"``.
        plan: the layouts around every layer.
    """

    dtype: str
    plan: Plan

    def axis(self, node: Placed, axis: int) -> int:
        """Return the position of an axis of the spec in the layout of a layer."""
        return axis_in(self.plan[node.path].runs, axis, len(node.input_shape) + 1)


Lowering: TypeAlias = Callable[[Any, Placed, Context], LayerCall]


@singledispatch
def lower(layer: L.Layer, node: Placed, ctx: Context) -> LayerCall:
    """Make the call that constructs the pair of functions of a layer.

    Register a function for a custom layer with ``@lower.register``.

    Args:
        layer: the layer, whose type selects the function.
        node: the layer at its position, with its shapes and parameters.
        ctx: properties of the model.

    Raises:
        BackendError: no function is registered for the layer.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the jax backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call"
        " of what makes its netspec_jax.Layer with @netspec_jax.lower.register"
    )


home = partial(program.home, lower)
is_own = partial(program.is_own, lower)
register = program.registrar(lower)
program.know(Path(__file__).with_name("signatures.json"))


def ours(name: str) -> Name:
    """Name an object of `netspec_jax.support`, such as ``"shape:flatten"``."""
    return Name(f"{SUPPORT}.{name}")


def made(name: str, *args: Expr, **options: Expr) -> Call:
    """Make a call of a function of `netspec_jax.support`, such as ``"shape:reshape"``,
    without the options that equal their defaults.
    """
    return terse(ours(name).target, *args, **options)


def elementwise(function: Name, **options: Expr) -> Call:
    """Make the call of a layer without parameters that applies a function to x."""
    return call(ours("base:elementwise").target, function, **options)


MOVES = {
    Layout.FIRST: ours("adapters:channels_first"),
    Layout.LAST: ours("adapters:channels_last"),
}
WHY = {
    Layout.FIRST: "channels first again, as the weights of the next layers expect",
    Layout.LAST: "channels last, where XLA is fast; the input is channels first",
}
GIVEN = {
    Layout.FIRST: "its output is channels first, as the spec says",
    Layout.LAST: "its output is channels last, as what it is joined with",
}


def chain(branch: PlacedChain, ctx: Context) -> Call:
    """Make the call of a `serial` whose children have the names in the canonical paths,
    with output in the layout that the plan of its container asks for.

    Raises:
        BackendError: a layer has no lowering, or JAX cannot draw its first weights.
    """
    children = [_child(node, ctx) for node in branch.nodes]
    layers = made("containers:serial", *children)
    due = ctx.plan.due(branch)
    return layers if ctx.plan.end(branch) is due else moved(layers, due)


def _child(node: Placed, ctx: Context) -> Expr:
    function: Lowering = lowering(lower, node.layer)
    layer = function(node.layer, node, ctx)
    flow = ctx.plan[node.path]
    if flow.reads != flow.runs:
        adapted = made("adapters:before", MOVES[flow.runs], layer)
        layer = replace(adapted, comment=WHY[flow.runs])
    layer = replace(layer, path=node.path)
    return (node.layer.name, layer) if node.layer.name else layer


def moved(layer: Call, layout: Layout) -> Call:
    """Move the output of a layer that gives the other layout to this one."""
    return replace(made("adapters:after", MOVES[layout], layer), comment=GIVEN[layout])
