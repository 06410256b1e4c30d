"""Operations that move values without changing them."""

from __future__ import annotations

import math

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing._values import Loose, Signal, Value
from netspec.importing.symbols._call import Call, rule
from netspec.importing.symbols._composed import Composed, pattern

PADS = {1: L.Pad1D, 2: L.Pad2D, 3: L.Pad3D}
MODES = {"constant": "constant", "edge": "replicate", "reflect": "reflect"}


@rule("identity", "_copy", "Cast", "amp_cast", "make_loss", "stop_gradient")
def unchanged(call: Call) -> Made:
    if call.name == "Cast" and call.text("dtype", "float32") not in ("float32", "0"):
        raise call.refused("changes the dtype; a spec has one for the whole model")
    return call.data


@rule("BlockGrad")
def blocked(call: Call) -> Made:
    raise call.refused("stops the gradient, which no layer of netspec does")


@rule("Flatten", "flatten")
def flatten(call: Call) -> Made:
    return L.Flatten()


@rule("Reshape", "reshape")
def reshape(call: Call) -> Made:
    if call.flag("reverse", False):
        raise call.without("Reshape", "reverse")
    before = call.given("0")
    shape = before.shape if isinstance(before, Signal | Loose) else call.data.shape
    return shaped(call, resolved(call, shape, call.sizes("shape")))


@rule("reshape_like")
def reshape_like(call: Call) -> Made:
    """Give values the shape of others, or some axes of it."""
    before, like = (shape_of(call.given(place)) for place in ("0", "1"))
    first, last = (call.whole(f"lhs_{end}", n) for end, n in ends(before))
    begin, end = (call.whole(f"rhs_{end}", n) for end, n in ends(like))
    if before is None or like is None:
        raise call.refused("reads an array of the file where it needs a value")
    return shaped(call, (*before[:first], *like[begin:end], *before[last:]))


def ends(shape: tuple[int, ...] | None) -> list[tuple[str, int]]:
    return [("begin", 0), ("end", len(shape or ()))]


def shape_of(value: Value) -> tuple[int, ...] | None:
    return value.shape if isinstance(value, Signal | Loose) else None


def shaped(call: Call, after: tuple[int, ...]) -> Made:
    """Give values another shape; what lies between shapes that have the batch first is
    none.
    """
    given = call.given("0")
    signal = given.signal if isinstance(given, Loose) else call.data
    if math.prod(after) != math.prod(signal.shape):
        raise call.refused(f"gives {signal.shape[1:]} another number of values")
    if after == signal.shape:
        return signal
    if after[:1] != (call.batch,) or len(after) == 1:
        return Loose(signal, after)
    call.reads = (signal,)
    return L.Reshape(after[1:])


def resolved(
    call: Call, before: tuple[int, ...], wanted: tuple[int, ...]
) -> tuple[int, ...]:
    """Work out MXNet's codes: 0 keeps an axis, -1 is what is left, -2 keeps all that
    follow, -3 joins two, -4 splits one in two.
    """
    after: list[int] = []
    axes, codes = list(before), list(wanted)
    try:
        while codes:
            code = codes.pop(0)
            if code > 0 or code == -1:
                after.append(code)
                if axes:
                    axes.pop(0)
            elif code == 0:
                after.append(axes.pop(0))
            elif code == -2:
                after += axes
                axes = []
            elif code == -3:
                after.append(axes.pop(0) * axes.pop(0))
            else:
                after += _split(axes.pop(0), codes.pop(0), codes.pop(0))
    except IndexError:
        raise call.refused(f"cannot give {before[1:]} the shape {wanted}") from None
    rest = math.prod(size for size in after if size != -1)
    return tuple(math.prod(before) // rest if n == -1 else n for n in after)


def _split(size: int, first: int, second: int) -> list[int]:
    return [
        size // second if first == -1 else first,
        size // first if second == -1 else second,
    ]


@rule("expand_dims")
def expand_dims(call: Call) -> Made:
    shape = call.data.shape
    axis = call.whole("axis") % (len(shape) + 1)
    return shaped(call, (*shape[:axis], 1, *shape[axis:]))


@rule("squeeze")
def squeeze(call: Call) -> Made:
    shape = call.data.shape
    said = call.sizes("axis", [])
    axes = [axis % len(shape) for axis in said] or range(1, len(shape))
    kept = [n for i, n in enumerate(shape) if i not in axes or n != 1]
    return shaped(call, tuple(kept))


@rule("transpose")
def transpose(call: Call) -> Made:
    rank = len(call.before) + 1
    return permuted(call, list(call.sizes("axes", range(rank)[::-1])))


@rule("SwapAxis", "swapaxes")
def swapaxes(call: Call) -> Made:
    order = list(range(len(call.before) + 1))
    one, two = call.whole("dim1", 0), call.whole("dim2", 0)
    order[one], order[two] = order[two], order[one]
    return permuted(call, order)


def permuted(call: Call, order: list[int]) -> Made:
    if order[0] != 0:
        raise call.refused("moves the batch axis; keep it first")
    return L.Permute(order[1:])


@rule("Pad", "pad")
def pad(call: Call) -> Made:
    width = call.sizes("pad_width")
    ends = [width[i : i + 2] for i in range(0, len(width), 2)]
    if any(map(any, ends[:2])) or len(ends) - 2 not in PADS:
        raise call.refused("pads axes that are no positions")
    mode = MODES.get(call.text("mode", "constant"))
    if mode is None:
        raise call.without("Pad", "mode")
    value = call.number("constant_value", 0.0)
    return PADS[len(ends) - 2](
        ends[2:] if len(ends) > 3 else ends[2], mode=mode, value=value
    )


@pattern("squeeze(pad(expand_dims(x, axis=2), **K), axis=2)")
def pad_line(call: Composed) -> Made:
    """Read a line that is padded as an image of one row."""
    made = call.operation("pad", [], call["K"])
    assert isinstance(made, L.Pad2D)
    if any(made.padding[0]):
        raise LookupError
    return L.Pad1D(made.padding[1], mode=made.mode, value=made.value)
