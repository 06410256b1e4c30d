"""Outputs of layers and the gradients with respect to them, recorded by taps.

MXNet differentiates with respect to variables only. A tap is a variable of zeros, added
to the output of a layer, so its gradient is the gradient with respect to the output.
"""

from __future__ import annotations

from typing import Any

import mxnet as mx

from netspec.spec import PlacedChain, Spec
from netspec_gluon._lowering import is_alone

Taps = dict[str, Any]


def make_taps(spec: Spec, batch: int, dtype: str) -> Taps:
    """Make a tap for every layer that gives floats, by path, on the current device."""
    taps = {
        node.path: mx.nd.zeros((batch, *node.output_shape), dtype=dtype)
        for node in spec.graph.walk()
        if node.output_kind == "float"
    }
    for tap in taps.values():
        tap.attach_grad()
    return taps


def watch(network: Any, spec: Spec, taps: Taps) -> dict[str, Any]:
    """Put taps into a network that is not hybridized.

    Returns:
        A dict that each call of the network fills with the outputs of its layers, by
        path.
    """
    outputs: dict[str, Any] = {}
    for path, block in _blocks(network, spec.graph).items():
        _tap(block, path, taps.get(path), outputs)
    return outputs


def _tap(block: Any, path: str, tap: Any, outputs: dict[str, Any]) -> None:
    forward = block.forward

    def tapped(x: Any) -> Any:
        y = forward(x)
        outputs[path] = y if tap is None else y + tap
        return outputs[path]

    block.forward = tapped


def _blocks(parent: Any, branch: PlacedChain) -> dict[str, Any]:
    """Find the blocks of a chain by path; they are children of `parent`."""
    found = {}
    for node in branch.nodes:
        block = found[node.path] = _child(parent, node.key)
        for inner in node.branches:
            within = block if inner.key is None else _child(block, inner.key)
            alone = is_alone(node, inner)
            held = {inner.nodes[0].path: within} if alone else _blocks(within, inner)
            found |= held
    return found


def _child(block: Any, key: str) -> Any:
    # Not public, but MXNet 1.9.1 is the last release
    return block._children[key]
