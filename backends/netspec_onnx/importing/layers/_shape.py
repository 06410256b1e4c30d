"""Operations that move values without changing them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from onnx import TensorProto

from netspec import layers as L
from netspec.importing import Loose, Made, Signal
from netspec.layers import Shape
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing._values import FIRST, Turn
from netspec_onnx.importing.layers._pieces import grouped

Kinds = Mapping[int, Callable[..., L.Layer]]

PADS: Kinds = {1: L.Pad1D, 2: L.Pad2D, 3: L.Pad3D}
CROPS: Kinds = {1: L.Crop1D, 2: L.Crop2D, 3: L.Crop3D}
MODES = {
    "constant": "constant",
    "edge": "replicate",
    "reflect": "reflect",
    "wrap": "circular",
}
FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE)
INTEGERS = (TensorProto.INT32, TensorProto.INT64)


@rule("Identity", anywhere=True)
def unchanged(call: Call) -> Made:
    return call.data


@rule("Cast", anywhere=True)
def cast(call: Call) -> Made:
    """Leave indices indices, and floats floats: a spec has one dtype of them."""
    kind = call.whole("to", 0)
    indices = call.made_by(call.data) is None and kind in INTEGERS
    if kind not in FLOATS and not indices:
        raise call.refused("changes the dtype; a spec has one for the whole model")
    return call.data


@rule("Flatten")
def flatten(call: Call) -> Made:
    shape, at = call.data.shape, call.whole("axis", 1)
    at = at + len(shape) if at < 0 else at
    if not 0 <= at <= len(shape):
        raise call.refused(f"has axis {at} of {len(shape)}; the file is damaged")
    return shaped(call, (math.prod(shape[:at]), math.prod(shape[at:])))


@rule("Reshape", anywhere=True)
def reshape(call: Call) -> Made:
    wanted = call.integers(1, "shape")
    if wanted is None:
        raise call.refused("has no shape; the file is damaged")
    before = seen(call)
    if not call.whole("allowzero", 0):
        if any(n == 0 for n in wanted[len(before) :]):
            raise call.refused(f"cannot give {before[1:]} the shape {wanted}")
        wanted = [before[i] if n == 0 else n for i, n in enumerate(wanted)]
    wanted = with_batch(call, wanted, before)
    rest = math.prod(n for n in wanted if n != -1)
    whole = math.prod(before)
    if wanted.count(-1) > 1 or (-1 in wanted and (rest == 0 or whole % rest)):
        raise call.refused(f"cannot give {before[1:]} the shape {wanted}")
    after = tuple(whole // rest if n == -1 else n for n in wanted)
    return grouped(call, after) or shaped(call, after)


def seen(call: Call) -> Shape:
    given = call.given("0")
    return given.shape if isinstance(given, Loose) else call.seen


def with_batch(call: Call, wanted: Sequence[int], before: Shape) -> list[int]:
    """Put the batch where a file that has one size of it alone says that size."""
    found = list(wanted)
    if call.around.fixed is None or any(n > 0 and n % call.batch == 0 for n in found):
        return found
    ahead = 1 if len(found) == 2 else _ahead(call)
    for index, size in enumerate(found):
        if (
            math.prod(found[:index]) == ahead
            and size > 0
            and size % call.around.fixed == 0
        ):
            found[index] = size // call.around.fixed * call.batch
            return found
    return found


def _ahead(call: Call) -> int:
    """Return how many values stand before the batch axis."""
    given = call.given("0")
    if not isinstance(given, Signal):
        return 1
    return math.prod(call.turn.expanded(given.shape)[: call.turn.place])


def shaped(call: Call, after: Shape) -> Made:
    """Give values another shape, in which the batch may be one with other axes."""
    given = call.given("0")
    signal = given.signal if isinstance(given, Loose) else call.data
    if math.prod(after) != math.prod(signal.shape):
        raise call.refused(f"gives {signal.shape[1:]} another number of values")
    found = _turned(call, signal, after)
    if found is None and call.turn != FIRST:
        raise call.refused("takes the batch axis apart")
    if found is None:
        return Loose(signal, after)
    rest, call.gives = found
    call.reads = (signal,)
    return signal if rest == signal.shape[1:] else L.Reshape(rest)


def _turned(call: Call, signal: Signal, after: Shape) -> tuple[Shape, Turn] | None:
    """Find the batch in a shape: the sizes of an example, and where the batch is."""
    ahead = _ahead(call)
    behind = math.prod(signal.shape[1:]) // ahead
    for at, size in enumerate(after):
        before, rest = math.prod(after[:at]), math.prod(after[at + 1 :])
        if size % call.batch or ahead % before or behind % rest:
            continue
        first, last = ahead // before, behind // rest
        inside = [n for n in (first, last) if n > 1]
        place = at + (first > 1)
        sizes = (*after[:at], *inside, *after[at + 1 :])
        return (sizes, Turn(place, at, at + 1 + len(inside))) if sizes else None
    return None


@rule("Unsqueeze", anywhere=True)
def unsqueeze(call: Call) -> Made:
    before, axes = seen(call), call.integers(1, "axes") or []
    rank = len(before) + len(axes)
    new = {axis % rank for axis in axes}
    rest = iter(before)
    if len(new) != len(axes):
        raise call.refused("adds an axis twice; the file is damaged")
    return shaped(call, tuple(1 if i in new else next(rest) for i in range(rank)))


@rule("Squeeze", anywhere=True)
def squeeze(call: Call) -> Made:
    before, said = seen(call), call.integers(1, "axes")
    ones = [i for i, n in enumerate(before) if n == 1]
    axes = ones if said is None else [axis % len(before) for axis in said]
    if not set(axes) <= set(ones):
        raise call.refused(f"leaves out an axis of more than one value of {before[1:]}")
    return shaped(call, tuple(n for i, n in enumerate(before) if i not in axes))


@rule("Transpose", anywhere=True)
def transpose(call: Call) -> Made:
    """Permute; the batch axis goes where it is put, until it comes back."""
    given = call.given("0")
    if not isinstance(given, Signal):
        raise call.refused("moves axes with which the batch is joined")
    order = call.numbers("perm") or list(range(call.rank))[::-1]
    if sorted(order) != list(range(call.rank)):
        raise call.refused(f"has no order of {call.rank} axes, received {order}")
    turn, at = call.turn, order.index(call.turn.start)
    inside = [axis for axis in range(turn.start, turn.stop) if axis != turn.place]
    before = [call.axis(axis) for axis in order[:at]]
    behind = [call.axis(axis) for axis in order[at + 1 :]]
    rest = [*before, *map(turn.first, inside), *behind]
    moved = at - turn.start
    call.gives = Turn(*(n + moved for n in turn))
    return given if rest == sorted(rest) else L.Permute(rest)


@rule("Expand", anywhere=True)
def expand(call: Call) -> Made:
    """Leave a value as it is where nothing is repeated."""
    wanted = call.integers(1, "shape") or []
    before = call.seen
    fitted = with_batch(call, wanted, before)
    pairs = zip(reversed(before), reversed(fitted), strict=False)
    if len(fitted) > len(before) or any(size not in (1, n) for n, size in pairs):
        raise call.refused("repeats values along an axis; netspec has no such layer")
    call.reads = (call.data,)
    return call.data


@rule("Pad", anywhere=True)
def pad(call: Call) -> Made:
    """Pad positions, and crop where less than nothing is added."""
    rank = call.rank - 2
    ends = _ends(call)
    if call.turn != FIRST or not 1 <= rank <= 3 or any(map(any, ends[:2])):
        raise call.refused(
            "pads axes that are no positions, or more than three of them"
        )
    mode = call.text("mode", "constant")
    if mode not in MODES:
        raise call.without("Pad", "mode")
    value = call.number("value", 0.0) if "value" in call.attributes else call.scalar(2)
    call.reads = (call.data,)
    added = [tuple(max(n, 0) for n in pair) for pair in ends[2:]]
    cut = [tuple(max(-n, 0) for n in pair) for pair in ends[2:]]
    made: list[L.Layer] = []
    if any(map(any, cut)):
        made.append(CROPS[rank](only(cut)))
    if any(map(any, added)):
        made.append(PADS[rank](only(added), mode=MODES[mode], value=value or 0.0))
    return made or call.data


def _ends(call: Call) -> list[tuple[int, int]]:
    """Return how much is added before and behind each axis."""
    flat = call.integers(1, "pads") or []
    half = len(flat) // 2
    axes = call.integers(3, "axes")
    axes = list(range(call.rank)) if axes is None else [n % call.rank for n in axes]
    if len(axes) != half or len(flat) % 2:
        raise call.refused(f"has {len(flat)} pads for {len(axes)} axes")
    found = dict(zip(axes, zip(flat[:half], flat[half:], strict=True), strict=True))
    return [found.get(axis, (0, 0)) for axis in range(call.rank)]


def only(ends: Sequence[tuple[int, ...]]) -> object:
    return ends if len(ends) > 1 else ends[0]


@rule("DepthToSpace")
def depth_to_space(call: Call) -> Made:
    size, (channels, height, width) = call.whole("blocksize", 0), image(call)
    if size < 1 or channels % size**2:
        raise call.refused(f"makes blocks of {size} from {channels} channels")
    if call.text("mode", "DCR") == "CRD":
        return L.PixelShuffle(size)
    depth = channels // size**2
    return [
        L.Reshape((size, size, depth, height, width)),
        L.Permute((3, 4, 1, 5, 2)),
        L.Reshape((depth, height * size, width * size)),
    ]


@rule("SpaceToDepth")
def space_to_depth(call: Call) -> Made:
    size, (channels, height, width) = call.whole("blocksize", 0), image(call)
    if size < 1 or height % size or width % size:
        raise call.refused(f"makes blocks of {size} from {height} x {width} positions")
    if call.text("mode", "DCR") == "CRD":
        return L.PixelUnshuffle(size)
    high, wide = height // size, width // size
    return [
        L.Reshape((channels, high, size, wide, size)),
        L.Permute((3, 5, 1, 2, 4)),
        L.Reshape((channels * size**2, high, wide)),
    ]


def image(call: Call) -> Shape:
    if len(call.before) != 3:
        raise call.refused(f"takes images, received examples of shape {call.before}")
    return call.before
