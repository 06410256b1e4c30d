"""Single layers that give other sizes, or normalize by what is near; see `_catalog`."""

from __future__ import annotations

from netspec import layers as nl
from netspec.layers import Layer, Shape

VOLUME, PLANE, LINE, ROW = (4, 2, 5, 3), (4, 7, 6), (4, 9), (6,)

RESIZED: tuple[tuple[Shape, Layer], ...] = (
    (LINE, nl.ConvTranspose1D(6, 3, stride=2, padding=1, dilation=2, groups=2)),
    (PLANE, nl.ConvTranspose2D(6, (3, 2), stride=(3, 1), output_padding=(2, 0))),
    (PLANE, nl.ConvTranspose2D(4, 3, stride=2, padding=(1, 2), bias=False)),
    (PLANE, nl.ConvTranspose2D(4, (2, 3), dilation=(1, 2), groups=4)),
    (VOLUME, nl.ConvTranspose3D(2, 2, stride=(2, 1, 2), output_padding=(1, 0, 1))),
    (VOLUME, nl.ConvTranspose3D(2, 2, stride=(1, 2, 1), dilation=2, groups=2)),
    (LINE, nl.AdaptiveAvgPool1D(4)),
    (PLANE, nl.AdaptiveAvgPool2D((3, 8))),
    (VOLUME, nl.AdaptiveAvgPool3D((1, 3, 2))),
    (LINE, nl.AdaptiveMaxPool1D(4)),
    (PLANE, nl.AdaptiveMaxPool2D((3, 8))),
    (VOLUME, nl.AdaptiveMaxPool3D((1, 3, 2))),
    (PLANE, nl.LocalResponseNorm(3, alpha=2.7, k=0.3)),
    (VOLUME, nl.LocalResponseNorm(2, alpha=0.7, beta=0.3)),
    (LINE, nl.LocalResponseNorm(9)),
    (LINE, nl.Upsample1D(3)),
    (PLANE, nl.Upsample2D(2)),
    (PLANE, nl.Upsample2D(size=(11, 4))),
    ((2, 2, 1), nl.Upsample2D(size=(82, 2))),
    (VOLUME, nl.Upsample3D((1, 2, 3))),
    (LINE, nl.Upsample1D(2, mode="linear")),
    (PLANE, nl.Upsample2D((3, 2), mode="linear", align_corners=True)),
    (PLANE, nl.Upsample2D(size=(11, 4), mode="linear")),
    (PLANE, nl.Upsample2D(size=(1, 9), mode="linear", align_corners=True)),
    (VOLUME, nl.Upsample3D(size=(3, 4, 1), mode="linear")),
)
