"""Containers: how the outputs of their chains are joined."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.layers import Container, Graph, Parallel, Repeat, Residual, Sequential
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array
from netspec.reference._join import Joint, Split, join
from netspec.reference._merge import merge


@join.register(Sequential)
@join.register(Repeat)
@join.register(Graph)
def _passing(
    layer: Container, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    return outputs[0], lambda dy: [dy]


@join.register
def _residual(
    layer: Residual, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    body, shortcut = (*outputs, x)[:2]
    return ops.value(body + shortcut), lambda dy: [dy, dy]


@join.register
def _parallel(
    layer: Parallel, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    assert isinstance(ops, Joint)
    return merge(layer.merge, layer.axis, outputs, ops)
