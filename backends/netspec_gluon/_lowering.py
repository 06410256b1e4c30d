"""Layers as calls of Gluon's own constructors, and of the blocks in `support`.

Options that equal their default are left out, as an expert leaves them out; sizes of
inputs are given, so that nothing is deferred. The layers themselves are in
`netspec_gluon.layers`, one file per family.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, singledispatch
from typing import Any, TypeAlias

import numpy as np
from mxnet.gluon import nn

from netspec import layers as L
from netspec import program
from netspec.errors import BackendError
from netspec.program import Call, Expr, lowering, terse
from netspec.spec import Placed, PlacedChain

OURS = "netspec_gluon"
SUPPORT = f"{OURS}.support"
NN = "mxnet.gluon.nn"


@dataclass(frozen=True)
class Context:
    """What a lowering may depend on besides the layer and its place.

    Attributes:
        dtype: of the model. What only float64 can tell apart is done only there.
        frozen: whether layers behave as in evaluation in training mode, too. A lowering
            of your own heeds it where its block asks in which mode it is: `step` in
            evaluation records networks with max pooling in training mode.
    """

    dtype: str
    frozen: bool = False

    @property
    def double(self) -> bool:
        """Whether the model is float64."""
        return self.dtype == "float64"


Lowering: TypeAlias = Callable[[Any, Placed, Context], Call]


@singledispatch
def lower(layer: L.Layer, node: Placed, ctx: Context) -> Call:
    """The call that makes a layer's block; ``@lower.register`` adds one for a layer of
    your own.

    Args:
        layer: decides which function runs.
        node: the layer in its place, with its shapes and parameters.
        ctx: what else there is to know.

    Raises:
        BackendError: no function is registered, or Gluon cannot have the layer.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the gluon backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call of"
        " its HybridBlock with @netspec_gluon.lower.register"
    )


home = partial(program.home, lower)
is_own = partial(program.is_own, lower)
register = program.registrar(lower)
block = terse


def ours(name: str, *args: Expr, **options: Expr) -> Call:
    """The same for something of `support`, such as ``"shape:Reshape"``."""
    return block(f"{SUPPORT}.{name}", *args, **options)


def along_channels(node: Placed) -> tuple[int, ...]:
    """``(channels, 1, 1)`` for inputs (channels, height, width)."""
    channels, *positions = node.input_shape
    return (channels, *[1] * len(positions))


def refusal(node: Placed, reason: str) -> BackendError:
    """The error for a layer that Gluon cannot have."""
    return BackendError(f"{node.path} {type(node.layer).__name__}: {reason}")


def chain(branch: PlacedChain, ctx: Context) -> Call:
    """A `HybridSequential` whose children have the keys of the canonical paths."""
    children = [_child(node, ctx) for node in branch.nodes]
    if not any(node.layer.name for node in branch.nodes):
        return ours("containers:sequential", *children)
    keys = [_free_key(node) for node in branch.nodes]
    return ours("containers:named", *zip(keys, children, strict=True))


def _child(node: Placed, ctx: Context) -> Call:
    function: Lowering = lowering(lower, node.layer)
    made = function(node.layer, node, ctx)
    # Attributes of operators are float32; so are scalars in a float32 model
    narrow = made.target.startswith(NN) or not ctx.double
    limits = np.finfo(np.float32 if narrow else np.float64)
    for value in (*made.args, *dict(made.kwargs).values()):
        size = abs(value) if isinstance(value, float) else 0
        if size and not limits.tiny <= size <= limits.max:
            raise refusal(node, f"{value} is out of the range that MXNet reads")
    return replace(made, path=node.path)


def _free_key(node: Placed) -> str:
    if hasattr(nn.HybridSequential(), node.key):
        raise refusal(
            node,
            f"HybridSequential has an attribute {node.key!r} of its own; give the layer"
            " another name",
        )
    return node.key
