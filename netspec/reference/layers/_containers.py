"""Containers: how the outputs of their chains are joined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netspec.layers import Parallel, Residual, Sequential
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array
from netspec.reference._join import Split, join


@join.register
def _sequential(
    layer: Sequential, x: Array, outputs: Sequence[Array], ops: Arithmetic
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
    if layer.merge == "add":
        add = ops.contract(np.add.reduce, len(outputs), np.stack(outputs))
        return add, lambda dy: [dy] * len(outputs)
    ends = np.cumsum([output.shape[layer.axis] for output in outputs])[:-1]
    y = np.concatenate(outputs, axis=layer.axis)
    return y, lambda dy: np.split(dy, ends, axis=layer.axis)
