"""Models that others built, in the form in which they are compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netspec.contract import Array
from netspec.importing import Imported
from netspec.layers import Shape

SIZES = (32, 64, 96, 128, 224, 299)  # of images, the smallest of which is taken


class Original(NamedTuple):
    """A model with weights, at a size of images that it takes.

    Attributes:
        shape: of one example.
        read: imports it.
        forward: computes what it gives for a batch, in evaluation.
        dtype: in which it does.
        backend: that computes the same from the spec.
    """

    shape: Shape
    read: Callable[[], Imported]
    forward: Callable[[Array], Array]
    dtype: str
    backend: str


class Missing(Exception):
    """What a family of models needs is not installed."""
