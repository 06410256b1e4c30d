"""The form that an import gives to a spec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netspec.declare import fields_of
from netspec.errors import SpecError, nearest, shorten
from netspec.importing._graph import INPUT, Item, Join, Reading
from netspec.importing._imported import planted
from netspec.layers import Container, Layer, opened
from netspec.spec import Placed, PlacedChain, Spec

# What each framework does where a field says "native"
NATIVE = {
    "torch": {"running_variance": "unbiased"},
    "gluon": {"running_variance": "biased"},
    "mxnet": {"running_variance": "biased"},
}


def normal(spec: Spec, source: str = "torch") -> Spec:
    """Return the spec that an import of a compiled model gives, names apart.

    Identity and `init` are left out, what is ``"native"`` is said, and of two spellings
    of a layer there is one. Its normal form is itself.

    Args:
        spec: the model.
        source: what it is imported from: ``"torch"``, ``"gluon"`` or ``"mxnet"``.

    Raises:
        SpecError: the source is unknown, or a container says not how it merges.
    """
    if source not in NATIVE:
        hint = nearest(source, NATIVE)
        raise SpecError(f"unknown source {shorten(source)}{hint}")
    items: list[Item] = []
    output = INPUT
    for item in _unfolded(spec.graph, INPUT, NATIVE[source]):
        items.append(item)
        output = item.key
    shape, dtype = spec.input_shape, spec.input_dtype
    return planted(Reading(spec.name, shape, output, tuple(items), dtype))[0]


def _unfolded(chain: PlacedChain, reads: str, native: dict[str, str]) -> Iterator[Item]:
    """Yield the values of a chain, the last of which is its output."""
    for node in chain.nodes:
        for item in _values(node, reads, native):
            yield item
            reads = item.key


def _values(node: Placed, reads: str, native: dict[str, str]) -> Iterator[Item]:
    if not isinstance(node.layer, Container):
        layer = _bare(node.layer, native)
        yield Item(node.path, (reads,), layer, node.output_shape, node.path)
        return
    how = opened(node.layer)
    if how is None:
        raise SpecError(
            f"{node.path} {type(node.layer).__name__}: does not say how it joins its"
            " chains; register netspec.layers.opened for it"
        )
    ends = []
    for branch in node.branches:
        end = reads
        for item in _unfolded(branch, reads, native):
            yield item
            end = item.key
        ends.append(end)
    merge, axis = how
    if merge == "chain":
        yield Item(node.path, (ends[0],), None, node.output_shape, node.path)
        return
    read = (*ends, reads) if node.layer.joins_input else tuple(ends)
    yield Item(node.path, read, Join(merge, axis), node.output_shape, node.path)


def _bare(layer: Layer, native: dict[str, str]) -> Layer:
    """Leave out the name and the first weights, and say what is native."""
    fields = fields_of(type(layer))
    changes: dict[str, Any] = {"name": None} | (
        {"init": {}} if "init" in fields else {}
    )
    changes |= {
        name: value
        for name, value in native.items()
        if name in fields and getattr(layer, name) == "native"
    }
    return replace(layer, **changes)
