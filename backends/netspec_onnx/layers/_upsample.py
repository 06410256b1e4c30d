"""Resizing of positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


@register
def upsample(
    layer: L.Upsample1D | L.Upsample2D | L.Upsample3D, node: Placed, x: str, to: Writer
) -> str:
    if layer.mode == "linear":
        aligned = "align_corners" if layer.align_corners else "half_pixel"
        return _resized(node, x, to, "linear", aligned)
    pairs = zip(node.output_shape[1:], node.input_shape[1:], strict=True)
    if all(m % n == 0 for m, n in pairs):
        return _resized(node, x, to, "nearest", "asymmetric", nearest_mode="floor")
    return _nearest(node, x, to)


def _resized(
    node: Placed, x: str, to: Writer, mode: str, places: str, **options: str
) -> str:
    sizes = to.integers(node.output_shape[1:], "sizes")
    axes = [*range(2, 1 + len(node.output_shape))]
    return to.op(
        "Resize",
        *(x, "", "", sizes),  # no region of interest, no factors
        axes=axes,
        mode=mode,
        coordinate_transformation_mode=places,
        **options,
    )


def _nearest(node: Placed, x: str, to: Writer) -> str:
    """Gather along each axis: Resize finds places in float32, and rounds some down."""
    sizes = zip(node.input_shape[1:], node.output_shape[1:], strict=True)
    for axis, (n, m) in enumerate(sizes, start=2):
        places = to.integers([i * n // m for i in range(m)], "places")
        x = to.op("Gather", x, places, axis=axis)
    return x
