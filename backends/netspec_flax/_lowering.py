"""Layers as calls of Flax's own constructors: the dispatch by type, and helpers for the
functions in `netspec_flax.layers`.

A layer without parameters is a function of x, or `functools.partial` of one. Options
that equal Flax's default are left out, as an expert leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from functools import partial, singledispatch
from pathlib import Path
from typing import Any, TypeAlias

from netspec import layers as L
from netspec import program
from netspec.errors import BackendError, shorten
from netspec.program import Call, Expr, Name, attributes, lowering, terse
from netspec.program.layouts import Layout, Plan, axis_in
from netspec.spec import Placed, PlacedChain

OURS = "netspec_flax"
SUPPORT = f"{OURS}.support"
RNGS = Name("builtins:rngs")  # what the constructor of the network is given
WIDE = Name("jax.numpy:float64")

LayerCall: TypeAlias = Call | Name


@dataclass(frozen=True)
class Context:
    """Properties of a model on which a lowering may depend.

    Attributes:
        dtype: ``"float32"`` or ``"float64"``.
        plan: the layouts around every layer.
        tables: paths of kernels that are tables of embeddings, too.
        tied: paths of all parameters that stand in several places.
    """

    dtype: str
    plan: Plan
    tables: Set[str] = frozenset()
    tied: Set[str] = frozenset()

    def axis(self, node: Placed, axis: int) -> int:
        """Return the position of an axis of the spec in the layout of a layer."""
        return axis_in(self.plan[node.path].runs, axis, len(node.input_shape) + 1)


Lowering: TypeAlias = Callable[[Any, Placed, Context], LayerCall]


@singledispatch
def lower(layer: L.Layer, node: Placed, ctx: Context) -> LayerCall:
    """Make the call that constructs the module, or names the function, of a layer.

    Register a function for a custom layer with ``@lower.register``.

    Args:
        layer: the layer, whose type selects the function.
        node: the layer at its position, with its shapes and parameters.
        ctx: properties of the model.

    Raises:
        BackendError: no function is registered for the layer, or Flax cannot represent
            it.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the flax backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call of"
        " its module with @netspec_flax.lower.register"
    )


home = partial(program.home, lower)
is_own = partial(program.is_own, lower)
register = program.registrar(lower)
program.know(Path(__file__).with_name("signatures.json"))


def ours(name: str) -> Name:
    """Name an object of `netspec_flax.support`, such as ``"shape:flatten"``."""
    return Name(f"{SUPPORT}.{name}")


def function(target: str | Callable[..., Any] | Name, **options: Expr) -> LayerCall:
    """Name a function of x, with options that are not its defaults."""
    named = target if isinstance(target, Name) else Name(program.call(target).target)
    given = terse(named.target, **options).kwargs
    return Call("functools:partial", (named,), given) if given else named


def module(target: str, ctx: Context, *args: Expr, **options: Expr) -> Call:
    """Make the call of a module with parameters, without the options that equal their
    defaults.
    """
    made = terse(target, *args, **options)
    dtype = (("param_dtype", WIDE),) if ctx.dtype == "float64" else ()
    return replace(made, kwargs=(*made.kwargs, *dtype, ("rngs", RNGS)))


def our_module(name: str, ctx: Context, *args: Expr, **options: Expr) -> Call:
    """Make the call of a module of `netspec_flax.support`; options are all given."""
    made = program.call(ours(name).target, *args, **options)
    dtype = (("param_dtype", WIDE),) if ctx.dtype == "float64" else ()
    return replace(made, kwargs=(*made.kwargs, *dtype, ("rngs", RNGS)))


ADAPTERS = "netspec_jax.support.adapters"
MOVES = {
    Layout.FIRST: Name(f"{ADAPTERS}:channels_first"),
    Layout.LAST: Name(f"{ADAPTERS}:channels_last"),
}
WHY = {
    Layout.FIRST: "channels first again, as the weights of the next layers expect",
    Layout.LAST: "channels last, as all of Flax has them; the input is channels first",
}
GIVEN = {
    Layout.FIRST: "its output is channels first, as the spec says",
    Layout.LAST: "its output is channels last, as what it is joined with",
}
SEQUENTIAL = "flax.nnx:Sequential"


def chain(branch: PlacedChain, ctx: Context, *, alone: bool = True) -> LayerCall:
    """Make the call of an `nnx.Sequential`, or `Named` where its layers have names,
    with output in the layout that the plan of its container asks for.

    Args:
        branch: the chain.
        ctx: properties of the model.
        alone: whether a single layer without parameters may stand for it.

    Raises:
        BackendError: Flax cannot represent a layer of the chain, or its name.
    """
    children = [_child(node, ctx) for node in branch.nodes]
    if any(node.layer.name for node in branch.nodes):
        named = map(_named, branch.nodes, children)
        layers: LayerCall = program.call(ours("containers:Named").target, *named)
    elif alone and len(children) == 1 and _is_plain(branch.nodes[0]):
        (layers,) = children
    else:
        layers = program.call(SEQUENTIAL, *children)
    due = ctx.plan.due(branch)
    if ctx.plan.end(branch) is due:
        return layers
    return replace(program.call(SEQUENTIAL, layers, MOVES[due]), comment=GIVEN[due])


def _named(node: Placed, layer: LayerCall) -> Expr:
    return (free(node.layer.name, node), layer) if node.layer.name else layer


def _is_plain(node: Placed) -> bool:
    return not (node.parameters or node.branches) and is_own(node.layer)


def _child(node: Placed, ctx: Context) -> LayerCall:
    lowered: Lowering = lowering(lower, node.layer)
    layer = lowered(node.layer, node, ctx)
    flow = ctx.plan[node.path]
    if flow.reads != flow.runs:
        moved = program.call(SEQUENTIAL, MOVES[flow.runs], layer)
        layer = replace(moved, comment=WHY[flow.runs])
    return replace(layer, path=node.path)


def free(name: str, node: Placed) -> str:
    """Return a name that an `nnx.Module` may have as an attribute.

    Raises:
        BackendError: it is one of its own.
    """
    if name in attributes("flax.nnx:Module") or name in ("names", "wires"):
        raise BackendError(
            f"{node.path} {type(node.layer).__name__}: flax.nnx.Module has an attribute"
            f" {shorten(name)} of its own; give the layer another name"
        )
    return name
