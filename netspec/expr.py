"""Call: the tree of constructor calls that is built into a live model and rendered as
source, so that what the user reads is what ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Expr: TypeAlias = "Call | bool | int | float | str | tuple[Expr, ...] | None"


@dataclass(frozen=True)
class Call:
    """A call that can be made or printed.

    Attributes:
        target: ``"torch.nn:Linear"`` (module, then name), or ``".double"`` for a
            method of the first argument.
        args: positional arguments.
        kwargs: keyword arguments, in order.
    """

    target: str
    args: tuple[Expr, ...] = ()
    kwargs: tuple[tuple[str, Expr], ...] = ()


def call(target: str, *args: Expr, **kwargs: Expr) -> Call:
    """A `Call` written as a call."""
    return Call(target, args, tuple(kwargs.items()))


@dataclass(frozen=True)
class Program:
    """What a backend's lowering makes of a spec.

    Attributes:
        modules: builds the model, with the framework's own first weights.
        inits: canonical path of a parameter, and the call that then draws it, whose
            first argument, the parameter, is left out. They run in this order.
    """

    modules: Call
    inits: tuple[tuple[str, Call], ...]
