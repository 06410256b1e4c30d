"""What is allowed in a spec, but seldom meant."""

from __future__ import annotations

from netspec.layers import INPUT, Container
from netspec.spec._placed import Placed, PlacedChain


def remarks(graph: PlacedChain) -> list[str]:
    """Say, for each layer that maps the last axis straight behind one whose channels
    are axis 1, that it maps positions: what flattens or pools is missing.

    Layers of one value at a time, normalizations and what is random may stand between.
    """
    found: list[str] = []
    _follow(graph, False, found)
    return found


def _follow(branch: PlacedChain, spatial: bool, found: list[str]) -> bool:
    """Tell whether channels are axis 1 behind a chain, by what stands in it."""
    for node in branch.nodes:
        if node.branches:
            spatial = _joined(node, spatial, found)
            continue
        layer, rank = node.layer, len(node.input_shape)
        if layer.maps_last_axis and spatial and rank > 1:
            found.append(_mapped(node))
        passed = layer.pointwise or layer.normalizes
        spatial = spatial if passed else layer.spatial and len(node.output_shape) > 1
    return spatial


def _joined(node: Placed, spatial: bool, found: list[str]) -> bool:
    """Tell the same behind a container."""
    ends: dict[str | None, bool] = {INPUT: spatial}
    for inner in node.branches:
        reads = any(ends[key] for key in inner.reads)
        ends[inner.key] = _follow(inner, reads, found)
    assert isinstance(node.layer, Container)
    return any(ends[key] for key in node.layer.joined())


def _mapped(node: Placed) -> str:
    *kept, width = node.input_shape
    others = " x ".join(map(str, kept))
    positions = len(node.input_shape) - 1
    pool = f" or GlobalAvgPool{positions}D()" if positions < 4 else ""
    return (
        f"{node.path} {type(node.layer).__name__} acts on the last axis, {width}"
        f" positions, for each of {others}; put Flatten(){pool} before it if it is to"
        " read channels"
    )
