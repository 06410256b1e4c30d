"""Values that change places, by shapes and back."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._composed import Composed, pattern

SHUFFLED = (
    "reshape(transpose(reshape(reshape(x, shape=(0, -4, -1, R, 0, 0)),"
    " shape=(0, 0, -4, F, F, 0, 0)), axes=(0, 1, 4, 2, 5, 3)), shape=(0, 0, -3, -3))"
)
UNSHUFFLED = (
    "reshape(reshape(transpose(reshape(x, shape=(0, 0, -4, -1, F, -4, -1, F)),"
    " axes=(0, 1, 3, 5, 2, 4)), shape=(0, -3, 0, 0, 0)), shape=(0, -3, 0, 0))"
)


@pattern(
    "reshape(swapaxes(reshape(x, shape=(0, -4, G, -1, -2)), dim1=1, dim2=2),"
    " shape=(0, -3, -2))"
)
def channel_shuffle(call: Composed) -> Made | None:
    return L.ChannelShuffle(call["G"]) if len(call.before) > 1 else None


@pattern(SHUFFLED)
def pixel_shuffle(call: Composed) -> Made | None:
    return L.PixelShuffle(call["F"]) if call["R"] == call["F"] ** 2 else None


@pattern(UNSHUFFLED)
def pixel_unshuffle(call: Composed) -> Made:
    return L.PixelUnshuffle(call["F"])
