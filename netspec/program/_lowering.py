"""Helpers for the lowerings of all backends.

Each backend has a function `lower` that turns a layer into a `Call`. It dispatches on
the type of the layer (`functools.singledispatch`), so that users can register their
own functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from netspec.layers import Layer
from netspec.program._call import Call, Expr, call
from netspec.program._signatures import defaults
from netspec.spec import Placed, PlacedChain

Lower = Any  # a dispatching function, for which typing has no name
F = TypeVar("F", bound=Callable[..., Any])


def registrar(lower: Lower) -> Callable[..., Any]:
    """Make the decorator with which a backend registers its own lowerings, for the type
    in the annotation or for given types. Functions that are registered with
    ``@lower.register`` instead are taken for a user's.
    """

    def register(function: F, *kinds: type[Layer]) -> F:
        function.is_own = True  # type: ignore[attr-defined]
        for kind in kinds:
            lower.register(kind, function)
        return function if kinds else lower.register(function)

    return register


def is_own(lower: Lower, layer: Layer) -> bool:
    """Tell whether the function that lowers a layer is the backend's own."""
    return getattr(lower.dispatch(type(layer)), "is_own", False)


def is_alone(lower: Lower, owner: Placed, held: PlacedChain) -> bool:
    """Tell whether the one layer of a branch of a container can stand in its place: a
    layer without parameters and name, where both are lowered by the backend itself.
    """
    first, *more = held.nodes
    own = is_own(lower, owner.layer) and is_own(lower, first.layer)
    plain = not (more or first.parameters or first.branches or first.layer.name)
    return own and plain and held.key is not None


def home(lower: Lower, layer: Layer) -> str:
    """Return the top-level package of the function that lowers a layer; an exported
    file carries along what it uses from this package.
    """
    module: str = lower.dispatch(type(layer)).__module__
    return module.partition(".")[0]


def lowering(lower: Lower, layer: Layer) -> Callable[..., Any]:
    """Find the function that lowers a layer.

    A class derived from a layer that the backend lowers does not inherit the backend's
    lowering, because its meaning may differ; it gets the function for `object`.
    """
    kind = type(layer)
    inherited = is_own(lower, layer) and kind not in lower.registry
    function: Callable[..., Any] = lower.dispatch(object if inherited else kind)
    return function


def terse(target: str, *args: Expr, **options: Expr) -> Call:
    """Make a call without the options that equal their defaults in the signature of the
    target, as an expert writes it.
    """
    usual = defaults(target)
    changed = {name: v for name, v in options.items() if v != usual[name]}
    return call(target, *args, **changed)
