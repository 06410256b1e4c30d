"""Layers as calls of Keras's own constructors: the dispatch by type, and helpers for
the functions in `netspec_keras.layers`.

Options that equal Keras's default are left out, as an expert leaves them out; but those
of which netspec's default is another one are always there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, singledispatch
from typing import Any, TypeAlias

from netspec import layers as L
from netspec import program
from netspec.errors import BackendError
from netspec.program import Call, Expr, Items, call, lowering, terse
from netspec.program.layouts import Layout, Plan, axis_in
from netspec.spec import Placed, PlacedChain

OURS = "netspec_keras"
SUPPORT = f"{OURS}.support"

Lowered: TypeAlias = Call | Sequence[Call]


@dataclass(frozen=True)
class Context:
    """Properties of a model on which a lowering may depend.

    Attributes:
        plan: the layouts around every layer.
        named: whether every layer has its part of the canonical path as its name; if
            not, those have names that the spec names.
    """

    plan: Plan
    named: bool = False

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


def chain(branch: PlacedChain, ctx: Context) -> Call:
    """Make the call of a `keras.Sequential`, or of its layer if it is one without
    parameters, with output in the layout that the plan of its container asks for.

    Raises:
        BackendError: Keras cannot represent a layer of the chain.
    """
    calls = steps(branch, ctx)
    if len(calls) == 1 and not branch.nodes[0].parameters:
        return calls[0]
    made = call("keras:Sequential", Items(tuple(calls)))
    return _named(made, branch.key or "", ctx.named and bool(branch.key))


def steps(branch: PlacedChain, ctx: Context) -> list[Call]:
    """List the calls of a chain.

    Raises:
        BackendError: Keras cannot represent a layer of the chain.
    """
    named = ctx.named or any(node.layer.name for node in branch.nodes)
    calls = [made for node in branch.nodes for made in _steps_of(node, ctx, named)]
    due = ctx.plan.due(branch)
    if ctx.plan.end(branch) is not due:
        last = branch.nodes[-1]
        moves = moved(due, len(last.output_shape), GIVEN[due])
        calls.append(_named(moves, f"{last.key}-{_word(due)}", named))
    return calls


def _steps_of(node: Placed, ctx: Context, named: bool) -> Iterator[Call]:
    """Yield the calls of a layer. If any layer of a chain has a name, all get one:
    those that Keras makes up could be taken.
    """
    function: Lowering = lowering(lower, node.layer)
    flow = ctx.plan[node.path]
    if flow.reads != flow.runs:
        moves = moved(flow.runs, len(node.input_shape), WHY[flow.runs])
        yield _named(moves, f"{node.key}-{_word(flow.runs)}", named)
    lowered = function(node.layer, node, ctx)
    if isinstance(lowered, Call):
        yield replace(_named(lowered, node.key, named), path=node.path)
        return
    calls = [*lowered]
    main = next(i for i, made in enumerate(calls) if "Padding" not in made.target)
    for index, made in enumerate(calls):
        key = node.key if index == main else f"{node.key}-{index}"
        yield replace(_named(made, key, named), path=node.path)


def _word(layout: Layout) -> str:
    return layout.value.replace(" ", "_")


def _named(made: Call, key: str, named: bool) -> Call:
    if not named or made.target.startswith("."):
        return made
    made = replace(made, kwargs=tuple(kw for kw in made.kwargs if kw[0] != "name"))
    return replace(made, kwargs=(*made.kwargs, ("name", key)))


def moved(layout: Layout, rank: int, why: str) -> Call:
    """Make the call that transposes examples of so many axes into a layout."""
    positions = range(2, rank + 1)
    last, first = (*positions, 1), (rank, *range(1, rank))
    axes = last if layout is Layout.LAST else first
    return replace(call("keras.layers:Permute", axes), comment=why)
