"""Evaluate the layers of a spec forward, and back.

The reference interprets the spec itself. It does not use the lowering that the backends
share, because it would share the bugs, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import netspec.reference.layers  # noqa: F401 (registers every layer)
from netspec.layers import INPUT, Container
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array, Pullback, Run, Scope, forward
from netspec.reference._join import Joint, Split, join
from netspec.reference._merge import merge
from netspec.spec import Placed, PlacedChain, join_path


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
        tied = {join_path(node.path, name): path for name, path in node.tied.items()}
        return forward(node.layer, x, Scope(run, node.path, node.layer, tied))
    keys, joint = node.layer.joined(), Joint(run, node.path, node.layer)
    values: dict[str | None, Array] = {INPUT: x}
    parts = []
    for branch in node.branches:
        read, part = _gather(branch, values, joint)
        values[branch.key], back = evaluate(branch, read, run)
        parts.append((branch, back, part))
    y, split = join(node.layer, x, [values[key] for key in keys], joint)

    def pullback(dy: Array) -> Array:
        sums = Sums(run.ops)
        pieces = split(dy)
        if len(pieces) > len(keys):
            sums.add([INPUT], [pieces.pop()])  # of x itself
        sums.add(keys, pieces)
        for branch, back, part in reversed(parts):
            sums.add(branch.reads, part(back(sums.held[branch.key])))
        return sums.held.get(INPUT, dy)

    return y, pullback


def gathered(branch: PlacedChain, values: Mapping[str | None, Array]) -> Array:
    """Compute what a chain reads.

    Args:
        branch: the chain.
        values: by key, the input of its container and the outputs of the chains before.
    """
    return _gather(branch, values, Joint(Run({}), "", branch.nodes[0].layer))[0]


def _gather(
    branch: PlacedChain, values: Mapping[str | None, Array], joint: Joint
) -> tuple[Array, Split]:
    """Return what a chain reads, and how the cotangent of this is parted."""
    read = [values[key] for key in branch.reads]
    if len(read) == 1:
        return read[0], lambda dy: [dy]
    place = replace(joint, path=join_path(joint.path, branch.key))
    return merge(branch.merge or "", branch.axis, read, place)


@dataclass
class Sums:
    """Cotangents by the key of a chain, summed over all that read it.

    Attributes:
        ops: rounds every sum.
        held: the sums so far.
    """

    ops: Arithmetic
    held: dict[str | None, Array] = field(default_factory=dict)

    def add(self, keys: Sequence[str | None], pieces: Sequence[Array]) -> None:
        """Add a cotangent to the sum of each key."""
        for key, piece in zip(keys, pieces, strict=True):
            before = self.held.get(key)
            total = piece if before is None else self.ops.value(before + piece)
            self.held[key] = total
