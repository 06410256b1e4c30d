"""How a layer becomes a call of PyTorch's own constructors: the dispatch by type, and
what the functions in `netspec_torch.layers` share.

Options that equal PyTorch's default are left out, as an expert leaves them out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, singledispatch
from typing import Any, TypeAlias

from torch import nn

from netspec import layers as L
from netspec.build import resolve
from netspec.errors import BackendError
from netspec.expr import Call, Expr, Items, call
from netspec.graph import Branch, Node

OURS = "netspec_torch"
SUPPORT = "netspec_torch.support"


@dataclass(frozen=True)
class Context:
    """What a lowering may depend on besides the layer and its place.

    Attributes:
        dtype: of the model. What only float64 can tell apart is done only there.
    """

    dtype: str

    @property
    def double(self) -> bool:
        """Whether the model is float64."""
        return self.dtype == "float64"


Lowering: TypeAlias = Callable[[Any, Node, Context], Call]


@singledispatch
def lower(layer: L.Layer, node: Node, ctx: Context) -> Call:
    """The call that makes a layer's module; ``@lower.register`` adds one for a layer
    of your own.

    Args:
        layer: decides which function runs.
        node: the layer in its place, with its shapes and parameters.
        ctx: what else there is to know.

    Raises:
        BackendError: no function is registered, or PyTorch cannot have the layer.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the torch backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, ctx) that returns the call of"
        " its module with @netspec_torch.lower.register"
    )


def home(layer: L.Layer) -> str:
    """The package of the function that lowers a layer: `OURS`, or a user's."""
    return lower.dispatch(type(layer)).__module__.partition(".")[0]


def module(target: str, *args: Expr, **options: Expr) -> Call:
    """A call without the options that equal their default."""
    defaults = _defaults(target)
    changed = {name: v for name, v in options.items() if v != defaults[name]}
    return call(target, *args, **changed)


@cache
def _defaults(target: str) -> Mapping[str, object]:
    parameters = inspect.signature(resolve(target)).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters}


def one(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """``3`` for ``(3, 3)``."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def chain(branch: Branch, ctx: Context) -> Call:
    """An `nn.Sequential` whose children have the keys of the canonical paths."""
    children = [_child(node, ctx) for node in branch.nodes]
    if not any(node.layer.name for node in branch.nodes):
        return call("torch.nn:Sequential", *children)
    keys = [_free_key(node) for node in branch.nodes]
    pairs = Items(tuple(zip(keys, children, strict=True)))
    return call("torch.nn:Sequential", call("collections:OrderedDict", pairs))


def _child(node: Node, ctx: Context) -> Call:
    return replace(_lowering(node)(node.layer, node, ctx), path=node.path)


def _lowering(node: Node) -> Lowering:
    kind = type(node.layer)
    # A user's layer may derive from one of ours and do something else
    inherited = home(node.layer) == OURS and kind not in lower.registry
    return lower.dispatch(object if inherited else kind)


def _free_key(node: Node) -> str:
    if hasattr(nn.Sequential(), node.key):
        raise BackendError(
            f"{node.path} {type(node.layer).__name__}: torch.nn.Sequential has an"
            f" attribute {node.key!r} of its own; give the layer another name"
        )
    return node.key
