"""Evaluate the layers of a spec forward, and back.

The reference interprets the spec itself. It does not use the lowering that the backends
share, because it would share the bugs, too.
"""

from __future__ import annotations

import netspec.reference.layers  # noqa: F401 (registers every layer)
from netspec.layers import Container
from netspec.reference._evaluation import Array, Pullback, Run, Scope, forward
from netspec.reference._join import Joint, join
from netspec.spec import Placed, PlacedChain


def evaluate(graph: PlacedChain, x: Array, run: Run) -> tuple[Array, Pullback]:
    """Compute the output of a chain of layers, and its vector-Jacobian product.

    Args:
        graph: the chain, such as `spec.graph`.
        x: inputs, batch axis first.
        run: parameters, mode and arithmetic. Training stores running statistics in
            ``run.state``, the backward pass stores gradients in ``run.grads``.

    Returns:
        The output, and a function that turns the gradient with respect to the output
        into the gradient with respect to x.
    """
    pullbacks = []
    for node in graph.nodes:
        x, pullback = _apply(node, x, run)
        run.watch(node.path, x)
        pullbacks.append((node.path, pullback))

    def back(dy: Array) -> Array:
        for path, pullback in reversed(pullbacks):
            run.watch_grad(path, dy)
            dy = pullback(dy)
        return dy

    return x, back


def _apply(node: Placed, x: Array, run: Run) -> tuple[Array, Pullback]:
    if not isinstance(node.layer, Container):
        return forward(node.layer, x, Scope(run, node.path, node.layer))
    parts = [evaluate(branch, x, run) for branch in node.branches]
    joint = Joint(run, node.path, node.layer)
    y, split = join(node.layer, x, [output for output, _ in parts], joint)

    def pullback(dy: Array) -> Array:
        pieces = split(dy)
        total = pieces.pop() if len(pieces) > len(parts) else None  # of x itself
        for (_, back), piece in zip(parts, pieces, strict=True):
            dx = back(piece)
            total = dx if total is None else run.ops.value(total + dx)
        return dy if total is None else total

    return y, pullback
