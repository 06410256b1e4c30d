"""Resizing of positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.layers import rounds_right

KINDS: Mapping[int, Callable[..., L.Layer]] = {
    1: L.Upsample1D,
    2: L.Upsample2D,
    3: L.Upsample3D,
}


def target(call: Call) -> dict[str, list[int]]:
    """Return the factor or the size, whichever is given."""
    factors = call["scale_factors"]
    if not factors:
        return {"size": list(call.sizes[2:])}
    if any(factor != int(factor) for factor in factors):
        raise call.refused(f"resizes by {list(factors)}; netspec by whole factors")
    return {"scale": [int(factor) for factor in factors]}


@read.register(*(f"aten.upsample_nearest{rank}d" for rank in (1, 2, 3)))
def nearest(call: Call) -> Made:
    if not all(map(rounds_right, call.signal.shape[2:], call.sizes[2:])):
        raise call.refused(
            "reads positions that PyTorch's float32 rounds down; give another size"
        )
    return KINDS[len(call.sizes) - 2](**target(call))


@read.register(
    "aten.upsample_linear1d", "aten.upsample_bilinear2d", "aten.upsample_trilinear3d"
)
def linear(call: Call) -> Made:
    return KINDS[len(call.sizes) - 2](
        **target(call), mode="linear", align_corners=call["align_corners"]
    )
