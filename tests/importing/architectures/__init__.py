"""Architectures as people write them for PyTorch, at small width, by family."""

from __future__ import annotations

from tests.importing.architectures import (
    branched,
    images,
    mobile,
    pixels,
    plain,
    residual,
    sequences,
    tokens,
)
from tests.importing.architectures.net import Net

NETS: dict[str, Net] = (
    plain.NETS
    | residual.NETS
    | branched.NETS
    | mobile.NETS
    | pixels.NETS
    | images.NETS
    | sequences.NETS
    | tokens.NETS
)
