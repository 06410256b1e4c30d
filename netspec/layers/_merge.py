"""The shape that outputs of branches are joined to."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.errors import SpecError, shorten
from netspec.layers._base import resolve_axis
from netspec.layers._facts import Shape

MERGES = ("concat", "add", "multiply", "subtract", "maximum", "matmul", "stack")
OF_TWO = ("subtract", "matmul")


def merged(merge: str, axis: int, outputs: Sequence[Shape]) -> Shape:
    """Return the shape of outputs of branches, joined.

    Args:
        merge: one of `MERGES`.
        axis: of ``"concat"`` and ``"stack"``; counts the batch as 0.
        outputs: shapes of one example.

    Raises:
        SpecError: the outputs do not fit together.
    """
    if merge in OF_TWO and len(outputs) != 2:
        raise SpecError(
            f"merge {shorten(merge)} takes two branches, received {len(outputs)}; nest"
            " Parallel in its branches for more"
        )
    if len(set(map(len, outputs))) > 1:
        raise _misfit(outputs, "they need as many axes; add a Reshape to a branch")
    if merge == "concat":
        return _concatenated(axis, outputs)
    if merge == "stack":
        _need_equal(outputs, outputs, "they must be equal to be stacked")
        along = resolve_axis(axis, (*outputs[0], len(outputs)))
        return (*outputs[0][:along], len(outputs), *outputs[0][along:])
    if merge == "matmul":
        return _multiplied(outputs)
    return _broadcast(outputs, outputs, 1)


def _concatenated(axis: int, outputs: Sequence[Shape]) -> Shape:
    along = resolve_axis(axis, outputs[0])
    rests = [(*out[:along], *out[along + 1 :]) for out in outputs]
    fit = f"they may differ only in axis {axis}, which is concatenated"
    _need_equal(rests, outputs, fit)
    joined = sum(out[along] for out in outputs)
    return (*rests[0][:along], joined, *rests[0][along:])


def _multiplied(outputs: Sequence[Shape]) -> Shape:
    first, second = outputs
    if len(first) < 2 or first[-1] != second[-2]:
        raise _misfit(
            outputs,
            "a matrix product takes (*, n, k) and (*, k, m); a Permute exchanges axes",
        )
    rows = _broadcast([out[:-2] for out in outputs], outputs, 1)
    return (*rows, first[-2], second[-1])


def _broadcast(shapes: Sequence[Shape], outputs: Sequence[Shape], start: int) -> Shape:
    """Give each axis the size that is not 1, if there is one such size."""
    found = []
    for axis, sizes in enumerate(zip(*shapes, strict=True), start):
        wide = {size for size in sizes if size != 1} or {1}
        if len(wide) > 1:
            several = " and ".join(map(str, sorted(wide)))
            rule = f"axis {axis} has sizes {several}; they must be equal, or 1"
            raise _misfit(outputs, rule)
        found.append(wide.pop())
    return tuple(found)


def _need_equal(compared: Sequence[Shape], outputs: Sequence[Shape], rule: str) -> None:
    if len(set(compared)) > 1:
        raise _misfit(outputs, rule)


def _misfit(outputs: Sequence[Shape], rule: str) -> SpecError:
    shown = ", ".join(map(str, outputs))
    return SpecError(
        f"the branches do not fit together, received outputs {shown}; {rule}"
    )
