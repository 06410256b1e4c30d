"""Operations that make one value of several."""

from __future__ import annotations

from netspec.importing._graph import Join
from netspec.importing._operation import Made
from netspec.importing._values import Signal, flat
from netspec.importing.symbols._call import Call, rule


def joined(call: Call, merge: str, axis: int) -> Made:
    if not all(isinstance(one, Signal) for one in flat(call.arguments())):
        raise call.refused("joins an array of the file to values; netspec cannot")
    if axis == 0:
        raise call.refused("joins along the batch axis, so examples are mixed")
    return Join(merge, axis)


@rule("Concat", "concat")
def concatenate(call: Call) -> Made:
    return joined(call, "concat", call.whole("dim", 1))


@rule("stack")
def stack(call: Call) -> Made:
    return joined(call, "stack", call.whole("axis", 0))
