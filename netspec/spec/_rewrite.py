"""Specs made from other specs, by a function of every layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from netspec.declare import Declared, fields_of
from netspec.layers import Container, Identity, Layer

D = TypeVar("D", bound=Declared)


def map_layers(
    function: Callable[[Layer], Layer], layers: tuple[Layer, ...]
) -> tuple[Layer, ...]:
    """Replace every layer that is no container by ``function(layer)``, inside
    containers too.
    """
    return tuple(_map(function, layer) for layer in layers)


def _map(function: Callable[[Layer], Layer], layer: Layer) -> Layer:
    if not isinstance(layer, Container):
        return function(layer)
    return _inside(function, layer)


def _inside(function: Callable[[Layer], Layer], declared: D) -> D:
    held = {name: getattr(declared, name) for name in fields_of(type(declared))}
    changed = {name: _deep(function, value) for name, value in held.items()}
    made: D = replace(cast(Any, declared), **changed)
    return made


def _deep(function: Callable[[Layer], Layer], value: Any) -> Any:
    if isinstance(value, Layer):
        return _map(function, value)
    if isinstance(value, Declared):
        return _inside(function, value)
    if isinstance(value, tuple):
        return tuple(_deep(function, entry) for entry in value)
    return value


def without_dropout(layer: Layer) -> Layer:
    """Return a layer that is no container without what it draws at random."""
    if not layer.random:
        return layer
    return layer.without_dropout() or Identity(name=layer.name)
