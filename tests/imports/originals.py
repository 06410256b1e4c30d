"""Models that others built, in the form in which they are compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from netspec.contract import Array
from netspec.importing import Imported
from netspec.layers import Shape

SIZES = (32, 64, 96, 128, 224, 299)  # of images, the smallest of which is taken


class Live(NamedTuple):
    """What runs here, in the place of a backend.

    Attributes:
        model: as `netspec.certify` takes it.
    """

    model: Any


class Recorded(NamedTuple):
    """What another program computes.

    Attributes:
        forward: computes what it gives for a batch, in evaluation.
        dtype: in which it does.
    """

    forward: Callable[[Array], Array]
    dtype: str


class Original(NamedTuple):
    """A model with weights, at a size of images that it takes.

    Attributes:
        shape: of one example.
        read: imports it.
        run: what it is, or computes.
        backend: that stands beside it.
        modes: in which it is compared.
    """

    shape: Shape
    read: Callable[[], Imported]
    run: Live | Recorded
    backend: str
    modes: tuple[str, ...] = ("evaluation",)


class Missing(Exception):
    """What a family of models needs is not installed."""
