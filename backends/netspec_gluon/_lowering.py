"""Layers as calls of Gluon's own constructors and of the blocks in `support`: the
dispatch by type, and helpers for the functions in `netspec_gluon.layers`.

Options that equal their default are left out, as an expert leaves them out; sizes of
inputs are given, so that no initialization is deferred.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, singledispatch
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from netspec import layers as L
from netspec import program
from netspec.errors import BackendError, shorten
from netspec.layers import Shape
from netspec.program import Call, Expr, attributes, lowering, terse
from netspec.spec import Placed, PlacedChain

OURS = "netspec_gluon"
SUPPORT = f"{OURS}.support"
NN = "mxnet.gluon.nn"


@dataclass(frozen=True)
class Context:
    """Properties of a model on which a lowering may depend.

    Attributes:
        dtype: ``"float32"`` or ``"float64"``. Blocks that differ from Gluon's by less
            than the rounding of float32 are used in float64 only.
        frozen: whether layers behave as in evaluation mode even in training mode. A
            lowering of your own heeds it where its block asks in which mode it is:
            `step` in evaluation records networks with max pooling in training mode.
    """

    dtype: str
    frozen: bool = False

    @property
    def double(self) -> bool:
        """True if the model is float64."""
        return self.dtype == "float64"


Lowering: TypeAlias = Callable[[Any, Placed, Context], Call]


@singledispatch
def lower(layer: L.Layer, node: Placed, ctx: Context) -> Call:
    """Make the call that constructs the block of a layer.

    Register a function for a custom layer with ``@lower.register``.

    Args:
        layer: the layer, whose type selects the function.
        node: the layer at its position, with its shapes and parameters.
        ctx: properties of the model.

    Raises:
        BackendError: no function is registered for the layer, or Gluon cannot represent
            it.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the gluon backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call of"
        " its HybridBlock with @netspec_gluon.lower.register"
    )


home = partial(program.home, lower)
is_own = partial(program.is_own, lower)
is_alone = partial(program.is_alone, lower)
register = program.registrar(lower)
program.know(Path(__file__).with_name("signatures.json"))
block = terse


def ours(name: str, *args: Expr, **options: Expr) -> Call:
    """Make a call of a class or function of `support`, such as ``"shape:Reshape"``,
    without the options that equal their defaults.
    """
    return block(f"{SUPPORT}.{name}", *args, **options)


def along_channels(node: Placed) -> tuple[int, ...]:
    """Return the shape of an array with one value per channel that broadcasts with the
    input: ``(channels, 1, 1)`` for inputs (channels, height, width).
    """
    channels, *positions = node.input_shape
    return (channels, *[1] * len(positions))


def refusal(node: Placed, reason: str) -> BackendError:
    """Make the error for a layer that Gluon cannot represent."""
    return BackendError(f"{node.path} {type(node.layer).__name__}: {reason}")


# Above, the operator raises where it runs
MOST_AXES = {"slice": 5, "slice_like": 5, "concat": 6}


def need_axes(node: Placed, operator: str, shape: Shape) -> None:
    """Refuse a layer one of whose arrays has more axes than an operator takes.

    Args:
        node: the layer.
        operator: of `MOST_AXES`.
        shape: of one example of the array.
    """
    axes, most = 1 + len(shape), MOST_AXES[operator]
    if axes > most:
        reason = (
            f"MXNet's {operator} takes arrays of at most {most} axes, that of the batch"
            f" included, received {axes}; Reshape some into one before"
        )
        raise refusal(node, reason)


def chain(branch: PlacedChain, ctx: Context) -> Call:
    """Make the call of a `HybridSequential` whose children have the names in the
    canonical paths.

    Raises:
        BackendError: Gluon cannot represent a layer of the chain, or its name.
    """
    children = [_child(node, ctx) for node in branch.nodes]
    if not any(node.layer.name for node in branch.nodes):
        return ours("containers:sequential", *children)
    keys = [_free_key(node) for node in branch.nodes]
    return ours("containers:named", *zip(keys, children, strict=True))


def branch(owner: Placed, held: PlacedChain, ctx: Context) -> Call:
    """Make the call of a branch of a container: a `chain` or, if that is one layer
    without parameters, the layer.

    Raises:
        BackendError: `chain` raises it.
    """
    return _child(held.nodes[0], ctx) if is_alone(owner, held) else chain(held, ctx)


def _child(node: Placed, ctx: Context) -> Call:
    function: Lowering = lowering(lower, node.layer)
    made = function(node.layer, node, ctx)
    # Operators hold attributes in float32, and so do scalars of a float32 model
    narrow = made.target.startswith(NN) or not ctx.double
    limits = np.finfo(np.float32 if narrow else np.float64)
    for value in (*made.args, *dict(made.kwargs).values()):
        size = abs(value) if isinstance(value, float) else 0
        if size and not limits.tiny <= size <= limits.max:
            raise refusal(node, f"{value} is out of the range that MXNet reads")
    return replace(made, path=node.path)


def _free_key(node: Placed) -> str:
    if node.key in attributes(f"{NN}:HybridSequential"):
        raise refusal(
            node,
            f"HybridSequential has an attribute {shorten(node.key)} of its own; give"
            " the layer another name",
        )
    return node.key
