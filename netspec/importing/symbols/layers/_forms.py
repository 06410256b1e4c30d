"""What a source has in the place of a layer: where its graphs cannot tell two layers
apart, or have no way to say what is said, an import gives one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil
from typing import NamedTuple

from netspec import layers as L
from netspec.importing._tables import base_of, turned, waves
from netspec.layers import (
    Layer,
    Pool,
    Shape,
    pool_padding,
    pool_reach,
    pool_spans,
    pool_stride,
    symmetric,
)

Resized = L.Upsample1D | L.Upsample2D | L.Upsample3D
Drawn = L.Dropout | L.StochasticDepth | L.ChannelDropout
MAXIMA = (L.MaxPool1D, L.MaxPool2D, L.MaxPool3D)
LEAST = 2.0**-126  # below it a rate of MXNet is none


def _rounded(pool: Pool, shape: Shape) -> Layer:
    """Say what windows there are in the only way in which MXNet has them."""
    ends, reach = pool_padding(pool, shape), pool_reach(pool, shape)
    axes = zip(shape[1:], ends, pool_spans(pool), pool_stride(pool), strict=True)
    room = [((n + sum(pair) - span - 1) / step) for n, pair, span, step in axes]
    windows = pool.output_shape(shape)[1:]
    down = windows == tuple(int(one) + 1 for one in room)
    dilated = isinstance(pool, MAXIMA) and max(pool.dilation) > 1
    up = windows == tuple(ceil(one) + 1 for one in room)
    if symmetric(ends) is not None and not dilated and (down or up):
        return replace(pool, padding=ends, ceil_mode=not down)
    if isinstance(pool, MAXIMA) or not pool.count_include_pad:
        return replace(pool, padding=reach, ceil_mode=False)
    return replace(pool, padding=ends, ceil_mode=ends != reach)


def _sized(layer: Resized, shape: Shape) -> Layer:
    """Say a factor where there is one, else a size."""
    pairs = list(zip(shape[1:], layer.output_shape(shape)[1:], strict=True))
    if all(m % n == 0 for n, m in pairs):
        return replace(layer, scale=[m // n for n, m in pairs], size=None)
    return replace(layer, scale=None, size=[m for _, m in pairs])


def _grouped(layer: L.InstanceNorm, shape: Shape) -> Layer:
    scale, center = layer.scale, layer.center
    return L.GroupNorm(shape[0], eps=layer.eps, scale=scale, center=center)


def _drawn(layer: Drawn, shape: Shape) -> Layer:
    if layer.rate < LEAST:
        return L.Identity()
    alone = isinstance(layer, L.ChannelDropout) and len(shape) == 1
    return L.Dropout(layer.rate) if alone else layer


def _parted(layer: L.AdaptiveMaxPool1D, shape: Shape) -> Layer:
    taps, rest = divmod(shape[1], layer.size[0])
    return layer if rest else L.MaxPool1D(taps)


def _shifted(layer: L.BatchNorm, shape: Shape) -> Layer:
    kept = layer.statistics == "batch"
    return layer if kept else replace(layer, center=True)


def _affine(layer: L.LayerNorm | L.InstanceNorm, shape: Shape) -> Layer:
    return replace(layer, scale=True, center=True)


class Form(NamedTuple):
    """A layer that comes back as another.

    Attributes:
        kinds: of the layer.
        made: what an import gives for it, of the shape of its input.
        why: the reason.
    """

    kinds: tuple[type[Layer], ...]
    made: Callable[..., Layer]
    why: str


ONE = "; both compute the same at this shape"
GRAPHS = (
    Form(
        (*MAXIMA, L.AvgPool1D, L.AvgPool2D, L.AvgPool3D),
        _rounded,
        "MXNet rounds the number of windows on all axes or none, and pads both ends"
        f" alike, so padding is written out where it does not{ONE}",
    ),
    Form(
        (L.Upsample1D, L.Upsample2D, L.Upsample3D),
        _sized,
        f"positions are repeated or taken, which says no more than both sizes{ONE}",
    ),
    Form(
        (L.Dropout, L.StochasticDepth, L.ChannelDropout),
        _drawn,
        f"Dropout has axes, and none where its rate is 0{ONE}",
    ),
    Form((L.AdaptiveMaxPool1D,), _parted, f"even windows are those of a pool{ONE}"),
)
FILES = (
    Form((L.BatchNorm,), _shifted, "a file does not say that zeros are not trained"),
    Form(
        (L.LayerNorm, L.InstanceNorm),
        _affine,
        "a file does not say that ones and zeros are not trained",
    ),
)
DOUBLE = (Form((L.InstanceNorm,), _grouped, f"MXNet has it in float32 alone{ONE}"),)
FORMS: Mapping[str, tuple[Form, ...]] = {"gluon": GRAPHS, "mxnet": GRAPHS + FILES}
UNREAD = (
    "its base is none of seven digits, and a graph has only what is made of it; choose"
    " another base"
)


def unread(layer: Layer, shape: Shape, source: str, dtype: str) -> str | None:
    """Return why an import cannot tell what a layer is; None where it can."""
    if source not in FORMS:
        return None
    if isinstance(layer, L.SinusoidalPosition):
        made, base, dim = waves, layer.base, shape[-1]
    elif isinstance(layer, L.MultiHeadAttention) and layer.rotary is not None:
        made, base, dim = turned, layer.rotary, layer.sizes(shape).dim
    else:
        return None
    table = made(shape[-2], dim, base).astype(dtype)
    return UNREAD if base_of(table, made) is None else None


WITHOUT_MODULES = frozenset(FORMS)  # whose graphs do not say which part is whose


def formed(layer: Layer, shape: Shape, source: str, dtype: str) -> Layer:
    """Return what an import gives for a layer.

    Args:
        layer: not a container.
        shape: of one example of its input.
        source: what it is imported from.
        dtype: of the model.
    """
    double = DOUBLE if dtype == "float64" and source in FORMS else ()
    for form in (*double, *FORMS.get(source, ())):
        if isinstance(layer, form.kinds):
            layer = form.made(layer, shape)
    return layer
