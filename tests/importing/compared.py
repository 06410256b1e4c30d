"""What two imports are compared by: their layers, names apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import netspec as ns
from netspec.declare import Declared, fields_of
from netspec.layers import Layer


def nameless(spec: ns.Spec) -> tuple[Layer, ...]:
    """The layers of a spec without any names."""
    return tuple(map(_bare, spec.layers))


def untied(spec: ns.Spec) -> ns.Spec:
    """The spec with weights of its own for each layer, as an import gives them."""
    return replace(spec, ties={})


def _bare(value: Any) -> Any:
    if isinstance(value, Declared):  # a layer, or a node of a graph
        held = {name: _bare(getattr(value, name)) for name in fields_of(type(value))}
        named = {"name": None} if isinstance(value, Layer) else {}
        made: Any = value
        return replace(made, **(held | named))
    if isinstance(value, tuple):
        return tuple(map(_bare, value))
    return value
