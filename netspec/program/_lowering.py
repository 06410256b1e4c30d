"""What the lowerings of all backends share.

Each backend has a function `lower` that makes a call of a layer. It dispatches on the
type of the layer (`functools.singledispatch`), so that users register their own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from netspec.layers import Layer
from netspec.program._build import resolve
from netspec.program._call import Call, Expr, call

Lower = Any  # a dispatching function, for which typing has no name


def home(lower: Lower, layer: Layer) -> str:
    """The package of the function that lowers a layer: the backend's, or a user's."""
    return _package(lower.dispatch(type(layer)))


def lowering(lower: Lower, layer: Layer) -> Callable[..., Any]:
    """The function for a layer. One that derives from a layer of the backend does not
    inherit its lowering: it may do something else.
    """
    kind = type(layer)
    inherited = home(lower, layer) == _package(lower) and kind not in lower.registry
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


def _package(function: Callable[..., Any]) -> str:
    return function.__module__.partition(".")[0]
