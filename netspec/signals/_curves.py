"""Curves by depth, for a terminal and for a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from netspec.signals._diagnosis import BAND
from netspec.signals._results import LayerSignal, Propagation


class Curve(NamedTuple):
    """A number of each row to draw by depth.

    Attributes:
        title: long name.
        name: short name.
        value: reads the number off a row; None if the row has none.
        banded: True if the verdict is about this number.
    """

    title: str
    name: str
    value: Callable[[LayerSignal], float | None]
    banded: bool = False


CURVES = (
    Curve("Activations: standard deviation", "activations", lambda r: r.output.std),
    Curve(
        "Gradient with respect to outputs: root mean square",
        "gradients: outputs",
        lambda r: r.grad_output.rms,
    ),
    Curve(
        "Gradient with respect to parameters: root mean square",
        "parameters",
        lambda r: r.grad_params.rms if r.grad_params else None,
        banded=True,
    ),
)


def points(curve: Curve, rows: Sequence[LayerSignal]) -> tuple[list[int], list[float]]:
    """Return the positions of the rows that have a value, and these values."""
    found = ((i, curve.value(row)) for i, row in enumerate(rows))
    held = [(i, value) for i, value in found if value is not None]
    return [i for i, _ in held], [value for _, value in held]


def limits(curve: Curve, propagations: Iterable[Propagation]) -> tuple[float, float]:
    """Return a range that holds the band and all positive, finite values of a curve."""
    values = [v for found in propagations for v in points(curve, found.rows)[1]]
    seen = [*BAND, *(v for v in values if 0 < v < math.inf)]
    return min(seen), max(seen)
