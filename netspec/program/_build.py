"""Build a `Program`: make its calls, which gives the live model.

`netspec.program.render` prints the same calls as source.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from typing import Any

from netspec.errors import BackendError, said
from netspec.program._call import Call, Expr, Items, Name, Program


def build(
    program: Program,
    find: Callable[[Any, str], Any],
    share: Callable[[Any, str, str], None],
) -> Any:
    """Make the model, then draw its first weights in the order of the program.

    Args:
        program: the calls to make.
        find: returns the parameter of a model at a canonical path.
        share: puts the parameter at the second path in the place of that at the first.

    Raises:
        BackendError: a target cannot be imported.
    """
    model = assemble(program, share)
    for path, init in program.inits:
        invoke(init, find(model, path))
    return model


def assemble(program: Program, share: Callable[[Any, str, str], None]) -> Any:
    """Make the model, with what its constructors draw, if they do.

    Args:
        program: the calls to make.
        share: as in `build`.

    Raises:
        BackendError: a target cannot be imported.
    """
    model = evaluate(program.modules)
    for path, owner in program.ties.items():
        share(model, path, owner)
    return model


def evaluate(expr: Expr) -> Any:
    """Evaluate an expression, arguments from left to right.

    Raises:
        BackendError: a target cannot be imported.
    """
    if isinstance(expr, Call):
        return invoke(expr)
    if isinstance(expr, Name):
        return resolve(expr.target)
    if isinstance(expr, Items):
        return [evaluate(value) for value in expr.values]
    if isinstance(expr, tuple):
        return tuple(evaluate(value) for value in expr)
    return expr


def invoke(call: Call, *first: Any) -> Any:
    """Make a call, with the values `first` before its own arguments.

    Raises:
        BackendError: a target cannot be imported.
    """
    args = (*first, *map(evaluate, call.args))
    kwargs = {name: evaluate(value) for name, value in call.kwargs}
    if call.target.startswith("."):
        owner, *rest = args
        return getattr(owner, call.target[1:])(*rest, **kwargs)
    return resolve(call.target)(*args, **kwargs)


def resolve(target: str) -> Any:
    """Import the object that a target ``"module:name"`` names.

    Raises:
        BackendError: the module or the name does not exist.
    """
    module, _, name = target.partition(":")
    try:
        return attrgetter(name)(sys.modules.get(module) or import_module(module))
    except (ImportError, AttributeError) as error:
        raise BackendError(
            f"{target} cannot be imported: {said(error)}; a target reads 'module:name'"
        ) from error
