"""Layers as calls of Keras's own constructors: the dispatch by type, and helpers for
the functions in `netspec_keras.layers`.

Options that equal Keras's default are left out, as an expert leaves them out; but those
of which netspec's default is another one are always there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, singledispatch
from typing import Any, TypeAlias

from netspec import layers as L
from netspec import program
from netspec.declare import FrozenDict
from netspec.errors import BackendError
from netspec.program import Call, Expr, Items, call, lowering, terse
from netspec.program.layouts import Layout, Plan, axis_in
from netspec.spec import Placed, PlacedChain
from netspec_keras._calls import CHAIN, JOIN, STEPS, USE, WIRE, chain_of

OURS = "netspec_keras"
SUPPORT = f"{OURS}.support"

Lowered: TypeAlias = Call | Sequence[Call]


@dataclass(frozen=True)
class Context:
    """Properties of a model on which a lowering may depend.

    Attributes:
        plan: the layouts around every layer.
        names: gives the name of a layer from its canonical path; None for none.
        ties: by path of a layer that shares variables, what makes its calls.
        alone: whether a call must make the whole layer, as where another layer holds
            it; if not, its parts are applied one after another.
        fuse: makes one call of a layer and the one after it, or None.
    """

    plan: Plan
    names: Callable[[str], str | None] = lambda path: None
    ties: Mapping[str, Callable[[Placed, Context], list[Call]]] = FrozenDict()
    alone: bool = False
    fuse: Callable[[Placed, Placed, Context], Call | None] = lambda *given: None

    def axis(self, node: Placed, axis: int) -> int:
        """Return the position of an axis of the spec in the layout of a layer."""
        return axis_in(self.plan[node.path].runs, axis, len(node.input_shape) + 1)


Lowering: TypeAlias = Callable[[Any, Placed, Context], Lowered]


@singledispatch
def lower(layer: L.Layer, node: Placed, ctx: Context) -> Lowered:
    """Make the call that constructs the Keras layer of a layer, or several calls of
    layers that do it one after another.

    Register a function for a custom layer with ``@lower.register``. The variables of
    what it makes are those of the layer, in the order in which it declares them;
    kernels have the axes (*window, in, out).

    Args:
        layer: the layer, whose type selects the function.
        node: the layer at its position, with its shapes and parameters.
        ctx: properties of the model.

    Raises:
        BackendError: no function is registered for the layer, or Keras cannot
            represent it.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the keras backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call of"
        " its Keras layer with @netspec_keras.lower.register"
    )


@singledispatch
def held_together(layer: L.Layer, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Group the names of a layer's parameters by the Keras variable that holds them, in
    the order of the variables: by default each has its own.
    """
    return [(name,) for name in names]


home = partial(program.home, lower)
is_own = partial(program.is_own, lower)
register = program.registrar(lower)


def native(name: str, *args: Expr, **options: Expr) -> Call:
    """Make a call of one of `keras.layers`, without the options that equal their
    defaults.
    """
    return terse(f"keras.layers:{name}", *args, **options)


def ours(name: str, *args: Expr, **options: Expr) -> Call:
    """Make a call of what `netspec_keras.support` has, such as ``"scale:Scale"``, in
    the same way.
    """
    return terse(f"{SUPPORT}.{name}", *args, **options)


def refuse(node: Placed, reason: str) -> BackendError:
    """Make the error of a layer that Keras cannot represent."""
    kind = type(node.layer).__name__
    return BackendError(f"{node.path} {kind}: {reason}")


WHY = {
    Layout.FIRST: "channels first again, as the weights of the next layers expect",
    Layout.LAST: "channels last, as Keras has it; the input is channels first",
}
GIVEN = {
    Layout.FIRST: "its output is channels first, as the spec says",
    Layout.LAST: "its output is channels last, as what it is joined with",
}


PARTS = (CHAIN, JOIN, STEPS, WIRE)


def chain(branch: PlacedChain, ctx: Context) -> Call:
    """Make the call of a `keras.Sequential`, or of its layer if it is one without
    parameters, with output in the layout that the plan of its container asks for: what
    a custom container may hold.

    Raises:
        BackendError: Keras cannot represent a layer of the chain.
    """
    calls = [*_steps(branch, replace(ctx, alone=True))]
    if len(calls) == 1 and not branch.nodes[0].parameters:
        return calls[0]
    return call("keras:Sequential", Items(tuple(calls)))


def inlined(branch: PlacedChain, ctx: Context) -> Call:
    """Make the call of a chain whose layers the model itself has.

    Raises:
        BackendError: Keras cannot represent a layer of the chain.
    """
    return chain(branch, ctx) if ctx.alone else chain_of([*_steps(branch, ctx)])


def _steps(branch: PlacedChain, ctx: Context) -> Iterator[Call]:
    nodes = [*branch.nodes]
    while nodes:
        node = nodes.pop(0)
        made = ctx.fuse(node, nodes[0], ctx) if nodes and not ctx.alone else None
        if made is not None:
            made = replace(named(made, node.path, ctx), path=node.path)
            yield Call(STEPS, (Items((made,)),), path=nodes.pop(0).path)
            continue
        flow = ctx.plan[node.path]
        if flow.reads != flow.runs:
            moves = moved(flow.runs, len(node.input_shape), WHY[flow.runs])
            yield named(moves, node.path, ctx, f"~{_word(flow.runs)}")
        yield from _layer(node, ctx)
    due = ctx.plan.due(branch)
    if ctx.plan.end(branch) is not due:
        last = branch.nodes[-1]
        moves = moved(due, len(last.output_shape), GIVEN[due])
        yield named(moves, last.path, ctx, f"~{_word(due)}")


def _layer(node: Placed, ctx: Context) -> Iterator[Call]:
    """Yield the call of a layer; all of its steps where they stand alone."""
    tied = ctx.ties.get(node.path)
    calls = [*_named_steps(node, ctx)] if tied is None else tied(node, ctx)
    if len(calls) == 1:
        yield replace(calls[0], path=node.path)
    elif ctx.alone:
        yield from (replace(made, path=node.path) for made in calls)
    else:
        yield Call(STEPS, (Items(tuple(calls)),), path=node.path)


def _named_steps(node: Placed, ctx: Context) -> Iterator[Call]:
    calls = lowered(node, ctx)
    main = main_of(calls)
    for index, made in enumerate(calls):
        yield named(made, node.path, ctx, "" if index == main else f"~{index}")


def lowered(node: Placed, ctx: Context) -> list[Call]:
    """List the calls that a layer becomes, without names.

    Raises:
        BackendError: Keras cannot represent it.
    """
    function: Lowering = lowering(lower, node.layer)
    own = ctx if is_own(node.layer) else replace(ctx, alone=True)
    made = function(node.layer, node, own)
    return [made] if isinstance(made, Call) else [*made]


def main_of(calls: Sequence[Call]) -> int:
    """Find the call that has the variables of a layer."""
    others = (i for i, made in enumerate(calls) if "Padding" not in made.target)
    return next(others, 0)


def _word(layout: Layout) -> str:
    return layout.value.replace(" ", "_")


def named(made: Call, path: str, ctx: Context, end: str = "") -> Call:
    """Give what a call makes its name, if it gets one."""
    name = ctx.names(path + end)
    if name is None or made.target in PARTS or made.target.startswith("."):
        return made
    if made.target == USE:
        layer, *rest = made.args
        assert isinstance(layer, Call)
        return replace(made, args=(named(layer, path, ctx, end), *rest))
    made = replace(made, kwargs=tuple(kw for kw in made.kwargs if kw[0] != "name"))
    return replace(made, kwargs=(*made.kwargs, ("name", name)))


def moved(layout: Layout, rank: int, why: str) -> Call:
    """Make the call that transposes examples of so many axes into a layout."""
    positions = range(2, rank + 1)
    last, first = (*positions, 1), (rank, *range(1, rank))
    axes = last if layout is Layout.LAST else first
    return replace(call("keras.layers:Permute", axes), comment=why)
