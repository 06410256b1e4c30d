"""Matrices along the axes of positions."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.contract import Array
from netspec_onnx._writer import Writer

GIVEN, TAKEN = "pqr", "xyz"


def along_axes(x: str, matrices: Sequence[Array], to: Writer) -> str:
    """Multiply each axis behind the channels with a matrix (out, in).

    Args:
        x: the value, (batch, channels, *positions).
        matrices: one for each axis of positions.
        to: takes the nodes.
    """
    taken, given = TAKEN[: len(matrices)], GIVEN[: len(matrices)]
    terms = ",".join(f"{g}{t}" for g, t in zip(given, taken, strict=True))
    held = [to.numbers(matrix, "matrix") for matrix in matrices]
    return to.op("Einsum", x, *held, equation=f"nc{taken},{terms}->nc{given}")
