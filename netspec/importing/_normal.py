"""The form that an import gives to a spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from netspec.declare import fields_of
from netspec.errors import SpecError, nearest, shorten
from netspec.importing._graph import INPUT, Item, Join, Reading, Weight
from netspec.importing._imported import planted
from netspec.importing.symbols.layers import WITHOUT_MODULES, formed, unread
from netspec.layers import Container, Layer, opened
from netspec.spec import Placed, PlacedChain, Spec, join_path

# What each framework does where a field says "native"
NATIVE = {
    "torch": {"running_variance": "unbiased"},
    "gluon": {"running_variance": "biased"},
    "mxnet": {"running_variance": "biased"},
    "onnx": {"running_variance": "biased"},
}

Source = tuple[str, str]  # what a spec is imported from, and the dtype of the model


def normal(spec: Spec, source: str = "torch", dtype: str = "float32") -> Spec:
    """Return the spec that an import of a compiled model gives, names apart.

    Identity and `init` are left out, what is ``"native"`` is said, and of two spellings
    of a layer there is one. Its normal form is itself.

    Args:
        spec: the model.
        source: what it is imported from: ``"torch"``, ``"gluon"``, ``"onnx"`` or
            ``"mxnet"``, which means files.
        dtype: of the model, which may decide how it is made.

    Raises:
        SpecError: the source is unknown, a container says not how it merges, or the
            source does not tell what a layer is.

    Example:
        >>> from netspec import Dense, Identity, Spec
        >>> normal(Spec("small", (3,), [Dense(2), Identity()])).layers
        (Dense(units=2),)
    """
    if source not in NATIVE:
        hint = nearest(source, NATIVE)
        raise SpecError(f"unknown source {shorten(source)}{hint}")
    items: list[Item] = []
    output = INPUT
    for item in _unfolded(spec.graph, INPUT, (source, dtype)):
        items.append(item)
        output = item.key
    shape, dtype = spec.input_shape, spec.input_dtype
    return planted(Reading(spec.name, shape, output, tuple(items), dtype))[0]


def _unfolded(chain: PlacedChain, reads: str, source: Source) -> Iterator[Item]:
    """Yield the values of a chain, the last of which is its output."""
    for node in chain.nodes:
        for item in _values(node, reads, source):
            yield item
            reads = item.key


def _values(node: Placed, reads: str, source: Source) -> Iterator[Item]:
    if not isinstance(node.layer, Container):
        shape = node.input_shape
        if why := unread(node.layer, shape, *source):
            raise SpecError(f"{node.path} {type(node.layer).__name__}: {why}")
        layer = _bare(formed(node.layer, shape, *source), NATIVE[source[0]])
        module, weights = _module(node.path, source), _weights(node)
        yield Item(
            node.path, (reads,), layer, node.output_shape, module, weights=weights
        )
        return
    ends: dict[str | None, str] = {INPUT: reads}
    for branch in node.branches:
        for item in _branch(node, branch, ends, source):
            yield item
            ends[branch.key] = item.key
    joined = [ends[key] for key in node.layer.joined()]
    made = None if node.layer.passes else _joining(node)
    if node.layer.joins_input:
        joined.append(reads)
    module = _module(node.path, source)
    yield Item(node.path, tuple(joined), made, node.output_shape, module)


def _module(path: str, source: Source) -> str:
    return "" if source[0] in WITHOUT_MODULES else path


def _weights(node: Placed) -> dict[str, Weight]:
    """Name each parameter by its owner, so that what is tied comes back as it is."""
    return {
        name: Weight(
            node.tied.get(name, join_path(node.path, name)),
            np.broadcast_to(np.float32(0), parameter.shape),
        )
        for name, parameter in node.parameters.items()
    }


def _branch(
    node: Placed,
    branch: PlacedChain,
    ends: Mapping[str | None, str],
    source: Source,
) -> Iterator[Item]:
    """Yield the values of a chain of a container, the first of which is what it reads,
    where that is a merge.
    """
    reads = [ends[key] for key in branch.reads]
    start = reads[0]
    if len(reads) > 1:
        start = f"{join_path(node.path, branch.key)} reads"
        placed = branch.merge in ("concat", "stack")
        join = Join(branch.merge or "", branch.axis if placed else 1)
        module = _module(node.path, source)
        yield Item(start, tuple(reads), join, branch.input_shape, module)
    else:
        yield Item(
            f"{node.path}.{branch.key} reads", (start,), None, branch.input_shape
        )
    yield from _unfolded(branch, start, source)


def _joining(node: Placed) -> Join:
    how = opened(node.layer) if isinstance(node.layer, Container) else None
    if how is None:
        raise SpecError(
            f"{node.path} {type(node.layer).__name__}: does not say how it joins its"
            " chains; register netspec.layers.opened for it"
        )
    return Join(*how)


def _bare(layer: Layer, native: Mapping[str, str]) -> Layer:
    """Leave out the name and the first weights, and say what is native."""
    fields = fields_of(type(layer))
    changes: dict[str, Any] = {"name": None} | (
        {"init": {}} if "init" in fields else {}
    )
    plain = replace(layer, **changes)
    said = {
        name: value
        for name, value in native.items()
        if name in fields and getattr(layer, name) == "native"
    }
    try:
        return replace(plain, **dict[str, Any](said)) if said else plain
    except SpecError:  # where the layer does nothing that is native
        return plain
