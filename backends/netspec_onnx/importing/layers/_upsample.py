"""Resizing of positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.importing import Made
from netspec_onnx.importing._call import Call, rule

KINDS: Mapping[int, Callable[..., L.Layer]] = {
    1: L.Upsample1D,
    2: L.Upsample2D,
    3: L.Upsample3D,
}
OF_NEW = 11  # from this version on it says where positions lie
PLAIN = {"antialias": 0, "exclude_outside": 0}
NEAREST: Mapping[str, Callable[[Array], Array]] = {
    "round_prefer_floor": lambda x: np.ceil(x - 0.5),
    "round_prefer_ceil": lambda x: np.floor(x + 0.5),
    "floor": np.floor,
    "ceil": np.ceil,
}


def half_pixel(i: Array, n: int, m: int, scale: float) -> Array:
    return (i + 0.5) / scale - 0.5


def symmetric(i: Array, n: int, m: int, scale: float) -> Array:
    """After ONNX: the middle of what comes in is that of what comes out."""
    return n / 2 * (1 - m / (n * scale)) + half_pixel(i, n, m, scale)


# Where position i of m lies among n
PLACES: Mapping[str, Callable[[Array, int, int, float], Array]] = {
    "align_corners": lambda i, n, m, scale: (
        i * ((n - 1) / (n * scale - 1)) if m > 1 else i * 0.0
    ),
    "asymmetric": lambda i, n, m, scale: i / scale,
    "half_pixel": half_pixel,
    "half_pixel_symmetric": symmetric,
    "pytorch_half_pixel": lambda i, n, m, scale: (
        half_pixel(i, n, m, scale) if m > 1 else i * 0.0
    ),
}


@rule("Resize", "Upsample")
def resize(call: Call) -> Made:
    """Recognize what netspec reads from: the same positions, or between them."""
    rank = call.rank - 2
    if rank not in KINDS:
        raise call.refused(f"resizes {rank} axes; netspec one to three")
    mode = call.text("mode", "nearest")
    if mode not in ("nearest", "linear") or any(
        call.whole(key, off) != off for key, off in PLAIN.items()
    ):
        raise call.without("Upsample", "mode")
    if call.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise call.refused("keeps the aspect ratio; give the sizes themselves")
    before = call.before[1:]
    sizes, scales = target(call)
    call.reads = (call.data,)
    axes = list(zip(before, sizes, scales, strict=True))
    which = target_fields(before, sizes)
    if mode == "nearest" and all(_same_nearest(call, *axis) for axis in axes):
        return KINDS[rank](**which)
    for corners in (False, True) if mode == "linear" else ():
        if all(_same_linear(call, corners, *axis) for axis in axes):
            return KINDS[rank](**which, mode="linear", align_corners=corners)
    raise call.refused(
        "reads other positions than netspec does: nearest takes floor(i n / m), linear"
        " takes half_pixel or align_corners"
    )


def target(call: Call) -> tuple[list[int], list[float]]:
    """Return the sizes of what comes out, and the factors."""
    before = call.seen
    scales, sizes = _said(call)
    axes = call.numbers("axes") or list(range(call.rank))
    if len(axes) != len(sizes or scales or []):
        raise call.refused("has no scale or size for each axis; the file is damaged")
    found = [(float(n), 1.0) for n in before]
    for index, axis in enumerate(axes):
        n = before[axis]
        if scales:
            found[axis] = (float(np.floor(n * scales[index])), scales[index])
        elif sizes:
            found[axis] = (sizes[index], sizes[index] / n)
    kept = [tuple(map(int, before[:2])), (call.around.fixed, before[1])]
    if (int(found[0][0]), int(found[1][0])) not in kept:
        raise call.refused("resizes channels or the batch")
    return [int(size) for size, _ in found[2:]], [scale for _, scale in found[2:]]


def _said(call: Call) -> tuple[list[float], list[int]]:
    if "scales" in call.attributes:
        return [float(one) for one in call.attributes["scales"]], []
    new = call.name == "Resize" and call.around.opset >= OF_NEW
    scales = call.constant(2 if new else 1)
    sizes = call.constant(3) if new else None
    return (
        [] if scales is None else [float(n) for n in scales.reshape(-1)],
        [] if sizes is None else [int(n) for n in sizes.reshape(-1)],
    )


def target_fields(before: Sequence[int], sizes: Sequence[int]) -> dict[str, list[int]]:
    """Return the factor where it is whole, else the size."""
    if all(m % n == 0 for n, m in zip(before, sizes, strict=True)):
        return {"scale": [m // n for n, m in zip(before, sizes, strict=True)]}
    return {"size": list(sizes)}


def _places(call: Call, n: int, m: int, scale: float) -> Array:
    old = call.name == "Upsample" or call.around.opset < OF_NEW
    how = call.text(
        "coordinate_transformation_mode", "asymmetric" if old else "half_pixel"
    )
    if how not in PLACES:
        raise call.without("Upsample", "coordinate_transformation_mode")
    return PLACES[how](np.arange(m, dtype=np.float64), n, m, scale)


def _same_nearest(call: Call, n: int, m: int, scale: float) -> bool:
    old = call.name == "Upsample" or call.around.opset < OF_NEW
    rounding = call.text("nearest_mode", "floor" if old else "round_prefer_floor")
    if rounding not in NEAREST:
        raise call.without("Upsample", "nearest_mode")
    taken = NEAREST[rounding](_places(call, n, m, scale)).clip(0, n - 1)
    return bool(np.array_equal(taken, np.arange(m) * n // m))


def _same_linear(call: Call, corners: bool, n: int, m: int, scale: float) -> bool:
    how = "align_corners" if corners else "half_pixel"
    ours = PLACES[how](np.arange(m, dtype=np.float64), n, m, m / n).clip(0, n - 1)
    theirs = _places(call, n, m, scale).clip(0, n - 1)
    return bool(np.allclose(ours, theirs, rtol=0, atol=1e-6))
