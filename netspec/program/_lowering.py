"""What the lowerings of all backends share.

Each backend has a function `lower` that makes a call of a layer. It dispatches on the
type of the layer (`functools.singledispatch`), so that users register their own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from netspec.layers import Layer
from netspec.program._build import resolve
from netspec.program._call import Call, Expr, call

Lower = Any  # a dispatching function, for which typing has no name
F = TypeVar("F", bound=Callable[..., Any])


def registrar(lower: Lower) -> Callable[..., Any]:
    """Make the decorator by which a backend registers its own lowerings, for the layers
    of the annotation or those that are given; what is registered by ``@lower.register``
    is a user's.
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


def home(lower: Lower, layer: Layer) -> str:
    """Name the package of the function that lowers a layer, beside which its classes
    and functions stand.
    """
    module: str = lower.dispatch(type(layer)).__module__
    return module.partition(".")[0]


def lowering(lower: Lower, layer: Layer) -> Callable[..., Any]:
    """Find the function for a layer. One that derives from a layer of the backend does
    not inherit its lowering: it may do something else.
    """
    kind = type(layer)
    inherited = is_own(lower, layer) and kind not in lower.registry
    function: Callable[..., Any] = lower.dispatch(object if inherited else kind)
    return function


def terse(target: str, *args: Expr, **options: Expr) -> Call:
    """A call without the options that equal their default, as an expert writes it."""
    defaults = _defaults(target)
    changed = {name: v for name, v in options.items() if v != defaults[name]}
    return call(target, *args, **changed)


def one(sizes: Any) -> Expr:
    """``3`` for ``(3, 3)``, and everything else as it is."""
    alike = isinstance(sizes, tuple) and len(set(sizes)) == 1
    reduced: Expr = sizes[0] if alike else sizes
    return reduced


@cache
def _defaults(target: str) -> Mapping[str, object]:
    parameters = inspect.signature(resolve(target)).parameters.values()
    return {parameter.name: one(parameter.default) for parameter in parameters}
