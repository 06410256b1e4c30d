"""Specs made from other specs, by a function of every layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from netspec.declare import fields_of
from netspec.layers import Container, Identity, Layer


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
    held = {name: getattr(layer, name) for name in fields_of(type(layer))}
    return replace(layer, **{name: _deep(function, v) for name, v in held.items()})


def _deep(function: Callable[[Layer], Layer], value: Any) -> Any:
    if isinstance(value, Layer):
        return _map(function, value)
    if isinstance(value, tuple):
        return tuple(_deep(function, entry) for entry in value)
    return value


def without_dropout(layer: Layer) -> Layer:
    """Return a layer that is no container without what it draws at random."""
    if not layer.random:
        return layer
    return layer.without_dropout() or Identity(name=layer.name)
