"""Call: the tree of constructor calls that is built into a live model and rendered as
source, so that what the user reads is what ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from netspec.errors import BackendError

Expr: TypeAlias = (
    "Call | Name | Items | bool | int | float | str | tuple[Expr, ...] | None"
)


@dataclass(frozen=True)
class Call:
    """A call that can be made or printed.

    Attributes:
        target: ``"torch.nn:Linear"`` (module, then name), or ``".double"`` for a
            method of the first argument.
        args: positional arguments.
        kwargs: keyword arguments, in order.
        comment: printed above the call where it first stands on a line of its own.
        path: of the layer that the call makes; empty for what is not one.
    """

    target: str
    args: tuple[Expr, ...] = ()
    kwargs: tuple[tuple[str, Expr], ...] = ()
    comment: str = field(default="", compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True)
class Name:
    """What a target such as ``"jax.nn:relu"`` names, itself and not a call of it.

    Attributes:
        target: module, then name.
        path: of the layer that it is; empty for what is not one.
    """

    target: str
    path: str = field(default="", compare=False)


@dataclass(frozen=True)
class Items:
    """Values that are built and printed as a list; a plain tuple stays a tuple."""

    values: tuple[Expr, ...]


def walk(expr: Expr) -> Iterator[Expr]:
    """An expression and all inside it, what is around first."""
    yield expr
    parts: tuple[Expr, ...] = ()
    if isinstance(expr, Call):
        parts = (*expr.args, *dict(expr.kwargs).values())
    elif isinstance(expr, Items | tuple):
        parts = expr if isinstance(expr, tuple) else expr.values
    for part in parts:
        yield from walk(part)


def call(target: str | Callable[..., Any], *args: Expr, **kwargs: Expr) -> Call:
    """A `Call` written as a call.

    Args:
        target: ``"module:name"``, or a class or function itself.
        args: positional arguments.
        kwargs: keyword arguments.

    Raises:
        BackendError: a class or function that cannot be imported by name.
    """
    return Call(_name(target), args, tuple(kwargs.items()))


def _name(target: str | Callable[..., Any]) -> str:
    if isinstance(target, str):
        return target
    name = f"{target.__module__}:{target.__qualname__}"
    if "<" in name:
        raise BackendError(
            f"{name} cannot be imported by name; define it at the top level of a module"
        )
    return name


@dataclass(frozen=True)
class Program:
    """What a backend's lowering makes of a spec.

    Attributes:
        modules: builds the model, with the framework's own first weights.
        inits: canonical path of a parameter, and the call that then draws it, whose
            first argument, the parameter, is left out. They run in this order.
        kinds: target of the class of each layer with parameters, by path, where
            ``net.modules()`` gives the layers in the order of the inits; else empty.
        shared: calls that several layers have as an argument, and the names by which
            source refers to them.
    """

    modules: Call
    inits: tuple[tuple[str, Call], ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[Call, str] = field(default_factory=dict)
