"""Trees of constructor calls. One tree is built into the live model and printed as
source, so that users read the code that runs.
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
        comment: printed above the call; equal comments are printed once.
        path: canonical path of the layer that the call makes; empty for other calls.
    """

    target: str
    args: tuple[Expr, ...] = ()
    kwargs: tuple[tuple[str, Expr], ...] = ()
    comment: str = field(default="", compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True)
class Name:
    """An object that is named and not called, such as ``"jax.nn:relu"``.

    Attributes:
        target: module, then name.
        path: canonical path if the object is a layer; else empty.
    """

    target: str
    path: str = field(default="", compare=False)


@dataclass(frozen=True)
class Items:
    """Values that are built and printed as a list; a plain tuple stays a tuple."""

    values: tuple[Expr, ...]


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield an expression, then all expressions inside it, outer ones first."""
    yield expr
    parts: tuple[Expr, ...] = ()
    if isinstance(expr, Call):
        parts = (*expr.args, *dict(expr.kwargs).values())
    elif isinstance(expr, Items | tuple):
        parts = expr if isinstance(expr, tuple) else expr.values
    for part in parts:
        yield from walk(part)


def call(target: str | Callable[..., Any], *args: Expr, **kwargs: Expr) -> Call:
    """Make a `Call`, with the arguments written as in the call itself.

    Args:
        target: ``"module:name"``, or a class or function itself.
        args: positional arguments.
        kwargs: keyword arguments.

    Raises:
        BackendError: the class or function cannot be imported by name.
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


def one(sizes: Any) -> Expr:
    """Reduce a tuple of equal values to one value, ``(3, 3)`` to ``3``; return anything
    else unchanged.
    """
    alike = isinstance(sizes, tuple) and len(set(sizes)) == 1
    reduced: Expr = sizes[0] if alike else sizes
    return reduced


@dataclass(frozen=True)
class Program:
    """A model in one framework as calls, which a backend's lowering makes of a spec.

    Attributes:
        modules: builds the model; constructors draw the framework's own first weights.
        inits: pairs of the canonical path of a parameter and the call that draws it
            afterwards, in the order in which they run. The first argument of each
            call, the parameter, is left out.
        kinds: class of each layer with parameters, as a target, by path. Empty unless
            ``net.modules()`` visits layers in the order of `inits`; only then may
            source draw first weights class by class.
        shared: calls that are arguments of several layers, with the names that source
            gives them.
        ties: by the path of a parameter, the path of the one that takes its place when
            the model is built, before anything is drawn.
    """

    modules: Call
    inits: tuple[tuple[str, Call], ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[Call, str] = field(default_factory=dict)
    ties: Mapping[str, str] = field(default_factory=dict)
