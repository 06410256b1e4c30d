"""One value for all along some axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import RULES, Call

OPS = {"mean": "mean", "sum": "sum", "max": "max", "min": "min"}


def reduced(call: Call) -> Made:
    axes = call.sizes("axis", [])
    if not axes or call.flag("exclude", False):
        raise call.refused("reduces the batch axis; name the other axes")
    op = OPS[call.name]
    if op in ("max", "min"):
        call.note("of equal values, each gets all of the gradient in MXNet")
    return L.Reduce(axes, op=op, keepdims=call.flag("keepdims", False))


RULES.update(dict.fromkeys(OPS, reduced))
