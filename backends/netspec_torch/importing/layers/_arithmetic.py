"""Sums and products of two values, or of a value with what the model holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from netspec import layers as L
from netspec.importing import Join, Made, Signal, Value
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing._values import Held

Numbers = float | tuple[float, ...]


def both(call: Call, merge: str) -> Join | None:
    """Join two signals, if both operands are; their axes must be as many."""
    found = list(call.signals())
    if len(found) != 2:
        return None
    if len(found[0].shape) != len(found[1].shape):
        shapes = " and ".join(str(one.shape[1:]) for one in found)
        raise call.refused(
            f"joins examples of shapes {shapes}; give both as many axes, by unsqueeze"
        )
    return Join(merge)


def operands(call: Call) -> tuple[Value, bool]:
    """Return the operand that is no signal, and whether it stands first."""
    first, second = call.given("self"), call.given("other")
    return (second, False) if isinstance(first, Signal) else (first, True)


def numbers(call: Call, value: Value) -> Numbers:
    """Take a constant: one number, or one for each channel."""
    if not isinstance(value, Held):
        return float(value)
    held = value.tensor.double()
    if held.numel() == 1:
        return float(held)
    along = axes(call, held)
    if along != (1,):
        raise call.refused(
            f"has a constant of shape {tuple(held.shape)}; netspec has constants of"
            " one number, or one for each channel"
        )
    return tuple(held.reshape(-1).tolist())


def axes(call: Call, held: Tensor) -> tuple[int, ...]:
    """Return the axes, counted with the batch, along which a tensor has values."""
    shape = call.signal.shape
    skipped = len(shape) - held.dim()
    found = tuple(i + skipped for i, n in enumerate(held.shape) if n > 1)
    if skipped < 0 or 0 in found or call.sizes != shape:
        raise call.refused(
            f"joins a tensor of shape {tuple(held.shape)} to examples of shape"
            f" {shape[1:]}; it may have sizes of theirs, or 1"
        )
    if found:
        return found
    alone = [axis for axis, size in enumerate(shape) if axis and size == 1]
    if not alone and held.numel() == 1:
        raise call.refused("joins one parameter to all values; give it an axis")
    return (alone[0],)


def learned(call: Call, value: Value) -> bool:
    return isinstance(value, Held) and value.learned


@read.register("aten.add")
def add(call: Call) -> Made:
    if call["alpha"] != 1:
        raise call.refused("has a factor alpha; multiply before it")
    joined = both(call, "add")
    if joined:
        return joined
    value, _ = operands(call)
    return shifted(call, value) if learned(call, value) else offset(call, value, 1)


@read.register("aten.sub")
def subtract(call: Call) -> Made:
    if call["alpha"] != 1:
        raise call.refused("has a factor alpha; multiply before it")
    joined = both(call, "subtract")
    if joined:
        return joined
    value, first = operands(call)
    if learned(call, value):
        raise call.refused("subtracts a parameter; add its negative")
    if first:
        return L.Rescale(-1.0, offset=numbers(call, value))
    return offset(call, value, -1)


@read.register("aten.rsub")
def reversed_subtract(call: Call) -> L.Layer:
    return L.Rescale(-1.0, offset=numbers(call, call.given("other")))


@read.register("aten.neg")
def negative(call: Call) -> L.Layer:
    return L.Rescale(-1.0)


@read.register("aten.mul")
def multiply(call: Call) -> Made:
    joined = both(call, "multiply")
    if joined:
        return joined
    value, _ = operands(call)
    return scaled(call, value) if learned(call, value) else factor(call, value)


@read.register("aten.div")
def divide(call: Call) -> Made:
    value, first = operands(call)
    if isinstance(call.given("self"), Signal) and isinstance(value, Signal):
        return ratio(call)
    if first or learned(call, value) or call["rounding_mode"]:
        raise call.refused("divides by what is no constant; netspec has no such layer")
    by = numbers(call, value)
    call.note("a division is a product here, which rounds once more")
    return each(L.Rescale, lambda number: 1 / number, by)


def ratio(call: Call) -> Made:
    """Recognize x / (1 + |x|), for which PyTorch has no operation of its own."""
    x, below = call.given("self"), call.made_by(call.given("other"))
    if below and below.made == L.Rescale(1.0, offset=1.0):
        inside = call.made_by(call.read_by(below))
        if inside and (inside.operation, inside.reads) == ("aten.abs", (x.key,)):
            call.reads = (x,)
            return L.Softsign()
    raise call.refused("divides two values; netspec has no such layer")


@read.register("aten.abs")
def absolute(call: Call) -> Made:
    """Stand for a value that only a ratio takes back."""
    raise call.refused("netspec has no layer of absolute values")


def offset(call: Call, value: Value, sign: int) -> L.Layer:
    held = numbers(call, value)
    if isinstance(held, tuple):
        return L.Rescale(offset=[sign * one for one in held])
    return L.Rescale(offset=sign * held)


def factor(call: Call, value: Value) -> L.Layer:
    return L.Rescale(numbers(call, value))


def each(
    layer: Callable[[Numbers], L.Layer],
    function: Callable[[float], float],
    held: Numbers,
) -> L.Layer:
    if isinstance(held, tuple):
        return layer(tuple(map(function, held)))
    return layer(function(held))


def scaled(call: Call, value: Held) -> L.Layer:
    """Multiply by a parameter along the axes in which it has values."""
    along = axes(call, value.tensor)
    shape = call.signal.shape
    flat = value.tensor.reshape([shape[axis] for axis in along])
    call.keep(replace(value, tensor=flat), "weight")
    return L.Scale(along[0] if len(along) == 1 else along)


def shifted(call: Call, value: Held) -> Made:
    """Add a parameter: a table of positions, or what a layer before can have as its
    bias.
    """
    before = call.made_by(call.signal)
    along = axes(call, value.tensor)
    if along == tuple(range(1, len(call.sizes)))[-2:] and len(along) == 2:
        call.keep(
            replace(value, tensor=value.tensor.reshape(call.sizes[-2:])), "weight"
        )
        return L.PositionEmbedding(call.sizes[-2])
    found = before and with_bias(before.made, along)
    if before is None or found is None or not call.sole(call.signal):
        raise call.refused(
            "adds a parameter where no layer before it can have it as its bias"
        )
    shape = call.signal.shape
    flat = value.tensor.reshape([shape[axis] for axis in along])
    call.weights |= before.weights
    call.keep(replace(value, tensor=flat), "bias")
    call.reads = (call.read_by(before),)
    return found


def with_bias(layer: object, along: tuple[int, ...]) -> L.Layer | None:
    """Return a layer with the bias that it lacks; None if it can have none there."""
    if isinstance(layer, L.Scale) and not layer.bias:
        held = (layer.axis,) if isinstance(layer.axis, int) else layer.axis
        return replace(layer, bias=True) if held == along else None
    if isinstance(layer, L.GroupNorm | L.BatchNorm) and not layer.center:
        return replace(layer, center=True) if along == (1,) else None
    if isinstance(layer, L.Conv1D | L.Conv2D | L.Conv3D) and not layer.bias:
        return replace(layer, bias=True) if along == (1,) else None
    return None
