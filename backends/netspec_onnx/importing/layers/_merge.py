"""Operations that make one value of several."""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.importing import Join, Made, Signal
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing._values import FIRST, Held


@rule("Concat", anywhere=True)
def concatenate(call: Call) -> Made:
    given = call.arguments()
    first, *rest = given
    if isinstance(first, Held) and len(rest) == 1 and isinstance(rest[0], Signal):
        return class_token(call, first, rest[0])
    if not all(isinstance(one, Signal) for one in given):
        raise call.refused("joins an array of the file to values; netspec cannot")
    return Join("concat", call.axis(call.whole("axis", 1)))


def class_token(call: Call, held: Held, signal: Signal) -> Made:
    """Recognize a learned position that is put before all others."""
    rank, array = len(signal.shape), held.array
    axis = call.whole("axis", 1) % rank
    fits = array.ndim == rank and array.shape[-2:-1] == (1,) and axis == rank - 2
    if call.turn != FIRST or not fits or rank < 3:
        raise call.refused("joins an array of the file to values; netspec cannot")
    row = array.reshape(-1, array.shape[-1])[:1]
    if not np.array_equal(np.broadcast_to(row, array.shape), array):
        raise call.refused("joins an array of the file that differs by example")
    call.keep(held.origin, "weight", row[0])
    return L.ClassToken()
