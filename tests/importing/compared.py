"""What two imports are compared by: their layers and ties, names apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import netspec as ns
from netspec.declare import Declared, fields_of
from netspec.layers import Layer


def nameless(spec: ns.Spec) -> tuple[Layer, ...]:
    """The layers of a spec without any names."""
    return tuple(map(_bare, spec.layers))


def tied(spec: ns.Spec) -> dict[int, int]:
    """Which parameters are which, by their places: names apart."""
    places = {path: i for i, path in enumerate(replace(spec, ties={}).parameters())}
    return {places[path]: places[owner] for path, owner in spec.ties.items()}


def _bare(value: Any) -> Any:
    if isinstance(value, Declared):  # a layer, or a node of a graph
        held = {name: _bare(getattr(value, name)) for name in fields_of(type(value))}
        named = {"name": None} if isinstance(value, Layer) else {}
        made: Any = value
        return replace(made, **(held | named))
    if isinstance(value, tuple):
        return tuple(map(_bare, value))
    return value
