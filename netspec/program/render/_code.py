"""Source among the arguments of calls, and the calls that use what a file defines."""

from __future__ import annotations

from netspec.program._call import Call, Expr, Name, walk


class Code(str):
    """Source that is printed unchanged."""

    __slots__ = ()


class Use(Code):
    """Source that makes layers which the file defines elsewhere."""

    __slots__ = ()


def uses_block(call: Call) -> bool:
    """Tell whether a call is one of a function that the file defines for layers."""
    return call.target.isidentifier()


def makes_layers(expr: Expr) -> bool:
    """Tell whether an expression makes layers of the spec."""
    return any(
        isinstance(part, Use) or (isinstance(part, Call | Name) and bool(part.path))
        for part in walk(expr)
    )
