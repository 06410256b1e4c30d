"""Sums and products of two values, or of a value with what the file holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from netspec import layers as L
from netspec.importing import Item, Join, Made, Signal, Value
from netspec_onnx.importing._call import Call, decimal, rule, value_of
from netspec_onnx.importing._values import Held
from netspec_onnx.importing.layers._attention import with_last_bias
from netspec_onnx.importing.layers._pieces import local_response, normalized

Numbers = float | tuple[float, ...]
ROUNDED = "a division is a product here, which rounds once more"


def both(call: Call, merge: str) -> Join | None:
    """Join signals, if all operands are; their axes must be as many."""
    found = call.arguments()
    if not all(isinstance(one, Signal) for one in found):
        return None
    if len({len(one.shape) for one in found}) > 1:
        shapes = " and ".join(str(one.shape[1:]) for one in found)
        raise call.refused(
            f"joins examples of shapes {shapes}; give both as many axes, by Unsqueeze"
        )
    return Join(merge)


def operands(call: Call) -> tuple[Signal, Held, bool]:
    """Return the signal, the array, and whether the array stands first."""
    first, second = call.given("0"), call.given("1")
    if isinstance(first, Signal) and isinstance(second, Held):
        return first, second, False
    if isinstance(second, Signal) and isinstance(first, Held):
        return second, first, True
    raise call.refused("reads what is neither a value nor an array of the file")


def along(call: Call, signal: Signal, held: Held) -> tuple[int, ...]:
    """Return the axes, counted with the batch first, along which an array has values;
    none for one number.
    """
    array, sizes = held.array, call.turn.seen(signal.shape)
    skipped = len(sizes) - array.ndim
    found = [i + skipped for i, n in enumerate(array.shape) if n > 1]
    if skipped < 0 or any(sizes[i] != array.shape[i - skipped] for i in found):
        raise call.refused(
            f"joins an array of shape {array.shape} to examples of shape"
            f" {signal.shape[1:]}; it may have sizes of theirs, or 1"
        )
    if call.turn.start in found:
        raise call.refused("joins an array that differs by example")
    joined = call.turn.stop - call.turn.start - 1
    each = (axis if axis < call.turn.start else axis + joined for axis in found)
    return tuple(map(call.turn.first, each))


def flat(signal: Signal, held: Held, axes: tuple[int, ...]) -> np.ndarray:
    return held.array.reshape([signal.shape[axis] for axis in axes])


def numbers(call: Call, signal: Signal, held: Held) -> Numbers:
    """Take constants: one number, or one for each channel."""
    if held.array.size == 1:
        return value_of(held.array)
    if along(call, signal, held) != (1,):
        raise call.refused(
            f"has constants of shape {held.array.shape}; netspec has constants of one"
            " number, or one for each channel"
        )
    return tuple(decimal(float(n)) for n in held.array.reshape(-1))


def each(function: Callable[[float], float], held: Numbers) -> Numbers:
    return tuple(map(function, held)) if isinstance(held, tuple) else function(held)


@rule("Add", anywhere=True)
def add(call: Call) -> Made:
    joined = both(call, "add")
    if joined:
        return joined
    signal, held, _ = operands(call)
    return shifted(call, signal, held)


@rule("Sum", anywhere=True)
def total(call: Call) -> Made:
    if len(call.arguments()) == 2:
        return add(call)
    joined = both(call, "add")
    if joined is None:
        raise call.refused("adds an array of the file to several values")
    return joined


@rule("Sub", anywhere=True)
def subtract(call: Call) -> Made:
    joined = both(call, "subtract")
    if joined:
        return joined
    signal, held, first = operands(call)
    found = numbers(call, signal, held)
    if first:
        return L.Rescale(-1.0, offset=found)
    return L.Rescale(offset=each(lambda number: -number, found))


@rule("Neg", anywhere=True)
def negative(call: Call) -> Made:
    return L.Rescale(-1.0)


@rule("Mul", anywhere=True)
def multiply(call: Call) -> Made:
    joined = both(call, "multiply")
    if joined:
        return normalized(call) or joined
    signal, held, _ = operands(call)
    return scaled(call, signal, held)


@rule("Div", anywhere=True)
def divide(call: Call) -> Made:
    if both(call, "multiply"):
        found = normalized(call) or local_response(call)
        if found is None:
            raise call.refused("divides two values; netspec has no such layer")
        return found
    signal, held, first = operands(call)
    if first:
        raise call.refused("divides by a value; netspec has no such layer")
    call.note(ROUNDED)
    return L.Rescale(each(lambda number: 1 / number, numbers(call, signal, held)))


@rule("Pow", anywhere=True)
def power(call: Call) -> Made:
    exponent = call.scalar(1)
    if exponent is not None:
        call.around.exponents[call.key] = exponent
    if not isinstance(call.given("0"), Signal) or exponent != 2:
        raise call.refused("raises to another power than 2; netspec has that alone")
    call.reads = (call.data, call.data)
    return Join("multiply")


@rule("Max", "Min", anywhere=True)
def limit(call: Call) -> Made:
    """Join values, or take a limit of 0."""
    joined = both(call, "maximum") if call.name == "Max" else None
    if joined:
        return joined
    held = [one for one in call.arguments() if isinstance(one, Held)]
    if call.name == "Max" and len(held) == 1 and not held[0].array.any():
        return L.ReLU()
    raise call.refused("has one limit, or is the smaller of two values")


def scaled(call: Call, signal: Signal, held: Held) -> Made:
    """Multiply by a number, or by an array along the axes in which it has values."""
    axes = along(call, signal, held)
    if not axes:
        return L.Rescale(value_of(held.array))
    before = call.made_by(signal)
    found = (
        None if before is None else with_weight(before.made, axes, len(signal.shape))
    )
    if before is not None and found is not None and call.sole(signal):
        return taken_over(call, before, found, "weight", held)
    if not held.learned and axes == (1,):
        return L.Rescale(numbers(call, signal, held))
    call.keep(held.origin, "weight", flat(signal, held, axes))
    return L.Scale(axes[0] if len(axes) == 1 else axes)


def shifted(call: Call, signal: Signal, held: Held) -> Made:
    """Add an array: as the bias of the layer before, as a table of positions, or as
    constants.
    """
    axes = along(call, signal, held)
    if not axes:
        return L.Rescale(offset=value_of(held.array))
    if made := with_last_bias(call, signal, held):
        return made
    before, rank = call.made_by(signal), len(signal.shape)
    found = None if before is None else with_bias(before.made, axes, rank)
    if before is not None and found is not None and call.sole(signal):
        return taken_over(call, before, found, "bias", held)
    if axes == (rank - 2, rank - 1) and rank > 2:
        call.keep(held.origin, "weight", flat(signal, held, axes))
        return L.PositionEmbedding(signal.shape[-2])
    if held.learned and axes == (1,):
        call.note(f"{held.origin} is constants here, which no training moves")
    return L.Rescale(offset=numbers(call, signal, held))


def taken_over(
    call: Call, before: Item, found: L.Layer, parameter: str, held: Held
) -> Made:
    """Put a layer with a further parameter in the place of the one before."""
    call.weights |= before.weights
    call.keep(held.origin, parameter, held.array.reshape(_sizes(held)))
    call.reads = (call.read_by(before),)
    call.path = before.module or call.path
    return found


def _sizes(held: Held) -> list[int]:
    return [n for n in held.array.shape if n > 1]


def with_weight(layer: Value, axes: tuple[int, ...], rank: int) -> L.Layer | None:
    """Return a layer with the scale that it lacks; None if it can have none there."""
    if isinstance(layer, L.LayerNorm | L.RMSNorm) and not layer.scale:
        fits = axes == tuple(range(rank - layer.axes, rank))
        plain = isinstance(layer, L.RMSNorm) or not layer.center
        return replace(layer, scale=True) if fits and plain else None
    if isinstance(layer, L.GroupNorm | L.InstanceNorm):
        free = not layer.scale and not layer.center and axes == (1,)
        return replace(layer, scale=True) if free else None
    return None


def with_bias(layer: Value, axes: tuple[int, ...], rank: int) -> L.Layer | None:
    """Return a layer with the bias that it lacks; None if it can have none there."""
    if isinstance(layer, L.LayerNorm) and not layer.center:
        fits = axes == tuple(range(rank - layer.axes, rank))
        return replace(layer, center=True) if fits else None
    if isinstance(layer, L.GroupNorm | L.InstanceNorm) and not layer.center:
        return replace(layer, center=True) if axes == (1,) else None
    if isinstance(layer, L.Scale) and not layer.bias:
        held = (layer.axis,) if isinstance(layer.axis, int) else layer.axis
        return replace(layer, bias=True) if held == axes else None
    if isinstance(layer, L.Dense) and not layer.bias:
        return replace(layer, bias=True) if axes == (rank - 1,) else None
    if isinstance(layer, L.Conv1D | L.Conv2D | L.Conv3D) and not layer.bias:
        return replace(layer, bias=True) if axes == (1,) else None
    return None
