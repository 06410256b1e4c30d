"""Layers that branches of one source are together, joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netspec.layers._activations import GLU, ReLU, Sigmoid, SiLU, Tanh
from netspec.layers._base import Layer
from netspec.layers._facts import Shape
from netspec.layers._hard_activations import (
    HardSigmoid,
    HardSwish,
    SoftShrink,
    TanhShrink,
)
from netspec.layers._parts import Slice
from netspec.layers._scale import Rescale
from netspec.layers._shape import Pad1D, Pad2D, Pad3D
from netspec.layers._shuffles import Roll

Branches = Sequence[list[Layer]]
PADS: dict[int, Callable[..., Layer]] = {1: Pad1D, 2: Pad2D, 3: Pad3D}


def whole(
    merge: str, branches: Sequence[Sequence[Layer]], axis: int, shape: Shape
) -> Layer | None:
    """Return the layer that branches of one source are, merged; None for none.

    Args:
        merge: as of `Parallel`.
        branches: layers in order; none where a branch is the source itself.
        axis: of ``"concat"``.
        shape: of one example of the source.
    """
    listed = list(map(list, branches))
    if merge == "multiply":
        return _product(listed, shape)
    if merge == "subtract":
        return _difference(listed)
    if merge == "concat":
        return _rolled(listed, axis, shape) or _around(listed, axis, shape)
    return None


def _product(branches: Branches, shape: Shape) -> Layer | None:
    match sorted(branches, key=len):
        case [[], [Sigmoid()]]:
            return SiLU()
        case [[], [Rescale(scale=float(beta), offset=0.0), Sigmoid()]] if beta > 0:
            return SiLU(beta)
        case [[], [HardSigmoid() as gate]] if gate == HardSigmoid():
            return HardSwish()
        case [[Slice() as first], [Slice() as gate, Sigmoid()]]:
            axis = first.axis
            half, rest = divmod(shape[axis - 1], 2)
            halves = Slice(axis, stop=half), Slice(axis, start=half)
            if not rest and (first, gate) == halves:
                return GLU(-1 if axis == len(shape) else axis)
    return None


def _difference(branches: Branches) -> Layer | None:
    match branches:
        case [[], [Tanh()]]:
            return TanhShrink()
        case [
            [Rescale(scale=1.0, offset=float(a)), ReLU()],
            [Rescale(scale=-1.0, offset=float(b)), ReLU()],
        ] if a == b < 0:
            return SoftShrink(-a)
    return None


def _rolled(branches: Branches, axis: int, shape: Shape) -> Layer | None:
    """Recognize the last values before the first."""
    match branches:
        case [[Slice(start=int(start), stop=None, step=1) as last], [Slice() as first]]:
            along = axis % (len(shape) + 1)
            if last.axis == along and first == Slice(along, stop=start):
                return Roll(along, shape[along - 1] - start)
    return None


def _around(branches: Branches, axis: int, shape: Shape) -> Layer | None:
    """Recognize positions that go on from the other end."""
    place, rank = axis % (len(shape) + 1) - 2, len(shape) - 1
    if place < 0 or rank not in PADS or len(branches) < 2:
        return None
    for at in (1, 0) if len(branches) == 3 else (0, 1):
        found = branches[at] == [] and _margins(
            _part(branches[:at], place + 2, shape[place + 1]),
            _part(branches[at + 1 :], place + 2, shape[place + 1]),
            shape[place + 1],
        )
        if found:
            ends = [found if one == place else (0, 0) for one in range(rank)]
            return PADS[rank](ends if rank > 1 else found, mode="circular")
    return None


Part = tuple[int, int] | None


def _margins(before: Part, after: Part, n: int) -> tuple[int, int] | None:
    """Return how much of the last and of the first positions is around all."""
    if before is None or after is None or before[1] not in (0, n) or after[0]:
        return None
    return before[1] - before[0], after[1]


def _part(branches: Branches, axis: int, n: int) -> Part:
    """Return where the values of at most one branch begin and end; None if it is no
    part of an axis.
    """
    match branches:
        case []:
            return 0, 0
        case [[]]:
            return 0, n
        case [[Slice(step=1) as part]] if part.axis == axis:
            return part.start or 0, n if part.stop is None else part.stop
    return None
