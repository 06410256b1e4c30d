"""What a model computes from its parameters and constants alone."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, fx

from netspec.errors import said
from netspec.importing import NOTHING, Lost, Value, flat
from netspec_torch.importing._nodes import operation, overload
from netspec_torch.importing._values import Held

RANDOM = torch.Tag.nondeterministic_seeded
# What these give of a parameter is that parameter, under another shape
VIEWS = frozenset(
    "aten." + name
    for name in (
        *("alias", "clone", "contiguous", "detach", "expand", "flatten"),
        *("lift_fresh_copy",),
        *("reshape", "squeeze", "unflatten", "unsqueeze", "view"),
    )
)


def compute(node: fx.Node, args: Value, kwargs: dict[str, Value]) -> Value:
    """Compute an operation whose arguments do not depend on the input.

    Args:
        node: that calls it.
        args: what its arguments stand for.
        kwargs: those that have names.
    """
    function = overload(node)
    given = list(flat([args, list(kwargs.values())]))
    lost = next((one for one in given if isinstance(one, Lost)), None)
    if lost or function is None:
        return lost or NOTHING
    if RANDOM in function.tags:
        return Lost("draws at random, in a way that no layer of netspec does")
    try:
        with torch.no_grad():
            made = function(*_tensors(args), **_tensors(kwargs))
    except Exception as error:  # of whatever kind, such as for want of memory
        return Lost(f"{operation(node)} cannot be computed: {said(error)}")
    held = [one for one in given if isinstance(one, Held)]
    learned = any(one.learned for one in held)
    if not isinstance(made, Tensor):
        return tuple(Held(one, "", learned) for one in made) if made else None
    return Held(made, _origin(operation(node), held), learned)


def _origin(name: str, held: list[Held]) -> str:
    """Name the parameter that an operation gives: one under another shape, or the rows
    of a table from the first on; empty where it is none.
    """
    if name == "aten.embedding" and len(held) == 2:
        table, index = (one.tensor for one in held)
        rows = index.numel()
        if torch.equal(index.flatten(), torch.arange(rows)):
            part = "" if rows == len(table) else f"[0:{rows}]"
            return f"{held[0].origin}{part}" if held[0].origin else ""
    return held[0].origin if len(held) == 1 and name in VIEWS else ""


def _tensors(value: Value) -> Any:
    if isinstance(value, Held):
        return value.tensor.clone()  # what it is given may be changed in place
    if isinstance(value, dict):
        return {name: _tensors(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_tensors(one) for one in value]
    return value
