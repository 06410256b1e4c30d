"""Layers as calls of PyTorch's own constructors: the dispatch by type, and helpers for
the functions in `netspec_torch.layers`.

Options that equal PyTorch's default are left out, as an expert leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, singledispatch
from pathlib import Path
from typing import Any, TypeAlias

from netspec import layers as L
from netspec import program
from netspec.errors import BackendError, shorten
from netspec.program import Call, Items, attributes, call, lowering, terse
from netspec.spec import Placed, PlacedChain

OURS = "netspec_torch"
SUPPORT = "netspec_torch.support"


@dataclass(frozen=True)
class Context:
    """Properties of a model on which a lowering may depend.

    Attributes:
        dtype: ``"float32"`` or ``"float64"``. Modules that differ from PyTorch's by
            less than the rounding of float32 are used in float64 only.
    """

    dtype: str

    @property
    def double(self) -> bool:
        """True if the model is float64."""
        return self.dtype == "float64"


Lowering: TypeAlias = Callable[[Any, Placed, Context], Call]


@singledispatch
def lower(layer: L.Layer, node: Placed, ctx: Context) -> Call:
    """Make the call that constructs the module of a layer.

    Register a function for a custom layer with ``@lower.register``.

    Args:
        layer: the layer, whose type selects the function.
        node: the layer at its position, with its shapes and parameters.
        ctx: properties of the model.

    Raises:
        BackendError: no function is registered for the layer, or PyTorch cannot
            represent it.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the torch backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call of"
        " its module with @netspec_torch.lower.register"
    )


home = partial(program.home, lower)
is_own = partial(program.is_own, lower)
is_alone = partial(program.is_alone, lower)
register = program.registrar(lower)
program.know(Path(__file__).with_name("signatures.json"))
module = terse


def chain(branch: PlacedChain, ctx: Context) -> Call:
    """Make the call of an `nn.Sequential` whose children have the names in the
    canonical paths.

    Raises:
        BackendError: PyTorch cannot represent a layer of the chain, or its name.
    """
    children = [_child(node, ctx) for node in branch.nodes]
    if not any(node.layer.name for node in branch.nodes):
        return call("torch.nn:Sequential", *children)
    keys = [_free_key(node) for node in branch.nodes]
    pairs = Items(tuple(zip(keys, children, strict=True)))
    return call("torch.nn:Sequential", call("collections:OrderedDict", pairs))


def branch(owner: Placed, held: PlacedChain, ctx: Context) -> Call:
    """Make the call of a branch of a container: a `chain` or, if that is one layer
    without parameters, the layer.

    Raises:
        BackendError: `chain` raises it.
    """
    return _child(held.nodes[0], ctx) if is_alone(owner, held) else chain(held, ctx)


def _child(node: Placed, ctx: Context) -> Call:
    function: Lowering = lowering(lower, node.layer)
    return replace(function(node.layer, node, ctx), path=node.path)


def _free_key(node: Placed) -> str:
    if node.key in attributes("torch.nn:Sequential"):
        raise BackendError(
            f"{node.path} {type(node.layer).__name__}: torch.nn.Sequential has an"
            f" attribute {shorten(node.key)} of its own; give the layer another name"
        )
    return node.key
