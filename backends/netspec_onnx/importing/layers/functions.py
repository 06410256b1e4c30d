"""Functions of one value that a graph writes in pieces, such as GELU by its erf:
recognized by the numbers that they give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from onnx import NodeProto

from netspec import Spec
from netspec import layers as L
from netspec.contract import Array
from netspec.importing import Signal, Value
from netspec.layers import Layer
from netspec.reference import Run
from netspec.reference import evaluate as computed
from netspec_onnx.importing._call import decimal, value_of
from netspec_onnx.importing._file import operation_of
from netspec_onnx.importing._folding import evaluate
from netspec_onnx.importing._values import Held

# Dense where functions bend, and beyond the limits that are common. Points that float32
# has, and points that are near no limit, which float32 might have put on the other side
POINTS = (-30.0, -1.0, -0.25, 0.0, 0.25, 1.0, 8.0, 30.0)
GRID = np.unique(np.r_[np.linspace(-8, 8, 129) + 0.0123, POINTS])
CLOSE = 1e-6  # relative: constants of float32 move a function by 1e-7
ABSENT = np.array(0.0)  # an input that is left out
DEEPEST = 8  # values that a function in pieces is traced back through
POINTWISE = frozenset(
    (
        *("Abs", "Add", "And", "Cast", "CastLike", "Ceil", "Celu", "Clip", "Div"),
        *("Elu", "Equal", "Erf", "Exp", "Floor", "Greater", "GreaterOrEqual"),
        *("HardSigmoid", "Identity", "Less", "LessOrEqual", "Log", "Max", "Min", "Mul"),
        *("Neg", "Not", "Or", "Pow", "Reciprocal", "Relu", "Sigmoid", "Sign"),
        *("Softplus", "Sqrt", "Sub", "Sum", "Tanh", "Where"),
    )
)


class Found(NamedTuple):
    """A layer that is a function in pieces.

    Attributes:
        layer: the layer.
        source: key of what it reads.
    """

    layer: Layer
    source: str


class Traces:
    """What values are, as functions of values before them: their numbers on `GRID`."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, Array]] = {}
        self._constants: dict[str, frozenset[float]] = {}

    def trace(
        self, node: NodeProto, key: str, inputs: Sequence[Value], opset: int
    ) -> Found | None:
        """Keep what a node computes, and return the layer that it is the last piece
        of, if there is one.
        """
        given = [self._of(one) for one in inputs]
        signals = [one for one in given if isinstance(one, dict)]
        known = all(one is not None for one in given)
        if operation_of(node) not in POINTWISE or not known or not signals:
            return None
        shared = set.intersection(*(set(one) for one in signals))
        own = {one.key for one in inputs if isinstance(one, Signal)}
        ordered = [base for base in signals[0] if base in shared][:DEEPEST]
        try:
            made = {base: _computed(node, given, base, opset) for base in ordered}
        except Exception:  # of whatever kind: the node is no piece of a function
            return None
        self._held[key] = made
        constants = self._constants[key] = self._used(inputs)
        pieces = (base for base in reversed(ordered) if own != {base})
        found = (
            Found(layer, base)
            for base in pieces
            for layer in _named(made[base], constants)
        )
        return next(found, None)

    def _of(self, value: Value) -> dict[str, Array] | Array | None:
        """Return what an input is: by each value that it is a function of, or a
        constant; None where it is neither.
        """
        if isinstance(value, Signal):
            return {value.key: GRID} | self._held.get(value.key, {})
        if isinstance(value, Held) and value.array.size == 1:
            return _wide(value.array.reshape(()))
        return ABSENT if value is None else None

    def _used(self, inputs: Sequence[Value]) -> frozenset[float]:
        """Return the constants that a value was computed with."""
        found: set[float] = set()
        for one in inputs:
            if isinstance(one, Held):
                found.add(value_of(one.array))
            elif isinstance(one, Signal):
                found |= self._constants.get(one.key, frozenset())
        return frozenset(found)


def _wide(array: Array) -> Array:
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _computed(
    node: NodeProto,
    given: Sequence[dict[str, Array] | Array | None],
    base: str,
    opset: int,
) -> Array:
    """Compute a node where its inputs are functions of one value, on `GRID`."""
    arrays = [one[base] if isinstance(one, dict) else one for one in given]
    present = [None if one is ABSENT else one for one in arrays]
    made = _wide(evaluate(node, present, opset)[0])
    return np.broadcast_to(made, GRID.shape)


def _named(values: Array, constants: frozenset[float]) -> Iterator[Layer]:
    """Yield the layers that have these values on `GRID`."""
    if values.dtype.kind != "f" or not np.isfinite(values).all():
        return
    with np.errstate(all="ignore"):
        for layer, expected in _whole().items():
            if _same(values, expected):
                yield layer
        for guess in GUESSES:
            for found in guess(values, sorted(constants)):
                if _same(values, _values(found)):
                    yield found


def _same(values: Array, expected: Array) -> bool:
    distance = np.abs(values - expected) / np.maximum(np.abs(expected), 1)
    return bool(np.all(distance < CLOSE))


@cache
def _whole() -> Mapping[Layer, Array]:
    """Return the layers without fields to be guessed, and their values."""
    layers: tuple[Layer, ...] = (
        *(L.GELU(), L.GELU(True), L.HardSwish(), L.HardSigmoid(), L.Mish()),
        *(L.Softsign(), L.Softplus(), L.LogSigmoid(), L.TanhShrink(), L.SELU()),
        *(L.ReLU6(), L.SiLU(), L.Sigmoid(), L.Tanh()),
    )
    return {layer: _values(layer) for layer in layers}


def _values(layer: Layer) -> Array:
    spec = Spec("function", (len(GRID),), [layer])
    output, _ = computed(spec.graph, GRID[None], Run({}))
    return np.asarray(output[0])


def _at(values: Array, x: float) -> float:
    return float(values[np.argmin(np.abs(GRID - x))])


Guesses = Iterator[Layer]


def _silu(values: Array, constants: Sequence[float]) -> Guesses:
    part = _at(values, 1.0)
    if 0.5 < part < 1:
        yield L.SiLU(decimal(np.log(part / (1 - part))))


def _lines(values: Array, constants: Sequence[float]) -> Guesses:
    """Guess what is a line between limits."""
    low, high = float(values.min()), float(values.max())
    offset, slope = _at(values, 0), (_at(values, 0.25) - _at(values, -0.25)) / 0.5
    if 0 < offset < 1 and slope > 0:
        yield L.HardSigmoid(decimal(slope), offset=decimal(offset))
    if low < high and np.isfinite([low, high]).all():
        yield L.HardTanh(decimal(low), decimal(high))


def _bent(values: Array, constants: Sequence[float]) -> Guesses:
    """Guess what is x from a point on."""
    below, least = -_at(values, -1), -_at(values, -30)
    if below > 0:
        yield L.LeakyReLU(decimal(below))
    if least > 0:
        yield L.ELU(decimal(least))
        yield L.CELU(decimal(least))


def _cut(values: Array, constants: Sequence[float]) -> Guesses:
    """Guess what leaves small values out, from a limit that is among its constants."""
    short = 8 - _at(values, 8)
    if short > 0:
        yield L.SoftShrink(decimal(short))
    for limit in constants:
        if limit > 0:
            yield L.HardShrink(limit)
        yield L.Threshold(limit, decimal(_at(values, -30)))


GUESSES = (_silu, _lines, _bent, _cut)
