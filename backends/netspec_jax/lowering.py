"""Layers as calls of the constructors in `netspec_jax.support`.

Options that equal their default are left out, as an expert leaves them out. The layers
themselves are in `netspec_jax.layers`, one file per family.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, singledispatch
from typing import Any, TypeAlias

from netspec import layers as L
from netspec.build import resolve
from netspec.errors import BackendError
from netspec.expr import Call, Expr, Name, call
from netspec.graph import Branch, Node
from netspec_jax.layout import Layout, Plan, axis_in

OURS = "netspec_jax"
SUPPORT = f"{OURS}.support"

LayerCall: TypeAlias = Call | Name


@dataclass(frozen=True)
class Context:
    """What a lowering may depend on besides the layer and its place.

    Attributes:
        dtype: of the model.
        plan: the layouts around every layer.
    """

    dtype: str
    plan: Plan

    def axis(self, node: Node, axis: int) -> int:
        """Where an axis of the spec is in the layout in which a layer runs."""
        return axis_in(self.plan[node.path].runs, axis, len(node.input_shape) + 1)


Lowering: TypeAlias = Callable[[Any, Node, Context], LayerCall]


@singledispatch
def lower(layer: L.Layer, node: Node, ctx: Context) -> LayerCall:
    """What makes a layer's pair of functions; ``@lower.register`` adds one for a layer
    of your own.

    Args:
        layer: decides which function runs.
        node: the layer in its place, with its shapes and parameters.
        ctx: what else there is to know.

    Raises:
        BackendError: no function is registered.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the jax backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call"
        " of what makes its netspec_jax.Layer with @netspec_jax.lower.register"
    )


def home(layer: L.Layer) -> str:
    """The package of the function that lowers a layer: `OURS`, or a user's."""
    return lower.dispatch(type(layer)).__module__.partition(".")[0]


def ours(name: str) -> Name:
    """Something of `netspec_jax.support`, such as ``"shape:flatten"``."""
    return Name(f"{SUPPORT}.{name}")


def made(name: str, *args: Expr, **options: Expr) -> Call:
    """A call of something of ours, without the options that equal their default."""
    target = ours(name).target
    defaults = _defaults(target)
    changed = {name: v for name, v in options.items() if v != defaults[name]}
    return call(target, *args, **changed)


@cache
def _defaults(target: str) -> Mapping[str, object]:
    parameters = inspect.signature(resolve(target)).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def elementwise(function: Name, **options: Expr) -> Call:
    """A layer that is a function of x."""
    return call(ours("base:elementwise").target, function, **options)


def one(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """``3`` for ``(3, 3)``."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


MOVES = {
    Layout.FIRST: ours("adapters:channels_first"),
    Layout.LAST: ours("adapters:channels_last"),
}
WHY = {
    Layout.FIRST: "channels first again, as the weights of the next layers expect",
    Layout.LAST: "channels last, where XLA is fast; the input is channels first",
}


def chain(branch: Branch, ctx: Context, gives: Layout = Layout.FIRST) -> Call:
    """A `serial` whose children have the keys of the canonical paths.

    Args:
        branch: the layers.
        ctx: what else there is to know.
        gives: the layout of its output.
    """
    children = [_child(node, ctx) for node in branch.nodes]
    layers = made("containers:serial", *children)
    return layers if ctx.plan.end(branch) == gives else moved(layers)


def _child(node: Node, ctx: Context) -> Expr:
    layer, flow = _lowering(node)(node.layer, node, ctx), ctx.plan[node.path]
    if flow.reads != flow.runs:
        adapted = made("adapters:before", MOVES[flow.runs], layer)
        layer = replace(adapted, comment=WHY[flow.runs])
    layer = replace(layer, path=node.path)
    return (node.layer.name, layer) if node.layer.name else layer


def _lowering(node: Node) -> Lowering:
    kind = type(node.layer)
    # A user's layer may derive from one of ours and do something else
    inherited = home(node.layer) == OURS and kind not in lower.registry
    return lower.dispatch(object if inherited else kind)


def moved(layer: LayerCall) -> Call:
    """A layer that runs channels last, with its output channels first."""
    adapted = made("adapters:after", MOVES[Layout.FIRST], layer)
    return replace(adapted, comment="its output is channels first, as the spec says")
