"""The text of an exported file layer by layer, to compare frameworks."""

from __future__ import annotations

import sys
from dataclasses import replace
from textwrap import dedent
from typing import NamedTuple

from netspec.program._call import Call, Expr, Items, Name, Program, walk
from netspec.program.render._code import Code
from netspec.program.render._source import Dialect, start_page
from netspec.spec import Spec

ELSEWHERE = Code("...")


class Listing(NamedTuple):
    """The source of a model, layer by layer.

    Attributes:
        layers: source of each layer by path: its comment, if the file has one, then the
            call on one line. Layers inside it have their own entries and are shortened
            to ``...``.
        first_weights: the part of the source that draws the first weights.
    """

    layers: dict[str, str]
    first_weights: str


def list_layers(
    spec: Spec,
    program: Program,
    dialect: Dialect,
    *,
    dtype: str,
    carried: frozenset[str],
) -> Listing:
    """List the source that `render` prints, layer by layer, each call on one line.

    Args:
        spec: the model that the program was made from.
        program: the program to print.
        dialect: conventions of the source.
        dtype: dtype of the model, ``"float32"`` or ``"float64"``.
        carried: top-level packages whose definitions the file carries along.

    Raises:
        BackendError: a definition that the file needs cannot be carried along.
    """
    page, _ = start_page(spec, program, dialect, dtype=dtype, carried=carried)
    statements = "\n".join(dialect.first_weights(page))
    wide = replace(page.layout, width=sys.maxsize)
    layers = {
        path: "\n".join(wide.lines(_alone(made)))
        for made in walk(program.modules)
        if (path := _path(made))
    }
    return Listing(layers, dedent(statements))


def _path(expr: Expr) -> str:
    return expr.path if isinstance(expr, Call | Name) else ""


def _alone(expr: Expr) -> Expr:
    """Shorten the layers inside an expression to ``...``."""
    if isinstance(expr, Call):
        kwargs = tuple((name, _outline(value)) for name, value in expr.kwargs)
        return replace(expr, args=_outlines(expr.args), kwargs=kwargs)
    if isinstance(expr, Items):
        return Items(_outlines(expr.values))
    return _outlines(expr) if isinstance(expr, tuple) else expr


def _outline(value: Expr) -> Expr:
    return ELSEWHERE if _path(value) else _alone(value)


def _outlines(values: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Shorten each layer among values to ``...``, consecutive layers to one."""
    short = [_outline(value) for value in values]
    return tuple(
        value
        for before, value in zip([None, *short], short, strict=False)
        if value is not ELSEWHERE or before is not ELSEWHERE
    )
