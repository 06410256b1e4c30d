"""Calls that are alike but for whole numbers, as the calls of one function of these:
``block(16)`` and ``block(32)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from netspec.program._call import Call, Expr, Items
from netspec.program.render._code import Code

MOST = 2  # numbers that a function reads; with more, no reader sees what is alike
MULTIPLES = (2, 4)  # what widens or narrows a block
NARROW = 8  # channels; below, that a number is a multiple of one means nothing

HOLE = Code("?")  # stands for a number

Column: TypeAlias = "tuple[int, ...]"  # one number of a call, for all calls


class Number(NamedTuple):
    """A whole number in a call.

    Attributes:
        keyword: of the argument that it is in; empty where it has none.
        value: the number.
    """

    keyword: str
    value: int


class Template(NamedTuple):
    """A call of which some numbers have names.

    Attributes:
        call: with the names in place of the numbers.
        names: of the numbers.
        values: of the numbers, for each call that it stands for.
    """

    call: Call
    names: tuple[str, ...]
    values: tuple[Column, ...]


def skeleton(expr: Expr, whole: Set[Call]) -> Expr:
    """Return an expression with holes for numbers, the same for all that are alike.

    Args:
        expr: the expression.
        whole: calls of which no number is left out.
    """
    found = _filled(expr, whole, lambda number: HOLE)
    return _with_comments(found) if isinstance(found, Call) else found


def template(
    calls: Sequence[Call], whole: Set[Call], free: Callable[[str], bool]
) -> Template | None:
    """Return what calls have in common; None if more than `MOST` numbers differ.

    Args:
        calls: two or more.
        whole: calls of which no number is left out.
        free: tells whether a name is not taken.
    """
    if len({skeleton(call, whole) for call in calls}) > 1:
        return None
    rows = [list(_numbers(call, whole)) for call in calls]
    columns = [tuple(n.value for n in column) for column in zip(*rows, strict=True)]
    keywords: dict[Column, list[str]] = {}
    for column, number in zip(columns, rows[0], strict=True):
        if len(set(column)) > 1:
            keywords.setdefault(column, []).append(number.keyword)
    roots = {column: column for column in keywords}
    if len(roots) > MOST:
        roots = {column: _root(column, keywords) for column in keywords}
    needed = list(dict.fromkeys(roots.values()))
    if not 0 < len(needed) <= MOST:
        return None
    names = dict(zip(needed, _names([keywords[c] for c in needed], free), strict=True))
    texts = iter(columns)

    def text(number: Number) -> Expr:
        column = next(texts)
        root = roots.get(column)
        if root is None:
            return number.value
        times = column[0] // root[0]
        return Code(names[root] if times == 1 else f"{times} * {names[root]}")

    common = _filled(calls[0], whole, text)
    assert isinstance(common, Call)
    return Template(common, tuple(names.values()), tuple(zip(*needed, strict=True)))


def _root(column: Column, columns: Iterable[Column]) -> Column:
    """Return the column of which one is a multiple; if there is none, itself."""
    for other in columns:
        if min(other) >= NARROW:
            for times in MULTIPLES:
                if column == tuple(times * value for value in other):
                    return _root(other, columns)
    return column


def _names(
    keywords: Sequence[Sequence[str]], free: Callable[[str], bool]
) -> Iterator[str]:
    """Name numbers: by their keyword, or as what most numbers without one are."""
    bare = [index for index, own in enumerate(keywords) if "" in own]
    taken: set[str] = set()
    for index, own in enumerate(keywords):
        name = own[0] if index not in bare else "channels"
        if index in bare[:-1]:
            name = "inputs"
        while name in taken or not free(name):
            name += "_"
        taken.add(name)
        yield name


def _numbers(expr: Expr, whole: Set[Call], keyword: str = "") -> Iterator[Number]:
    """Yield the numbers of an expression, in the order of `_filled`."""
    if isinstance(expr, Call):
        if expr not in whole:
            for name, value in (*(("", arg) for arg in expr.args), *expr.kwargs):
                yield from _numbers(value, whole, name)
    elif isinstance(expr, Items | tuple):
        for value in expr.values if isinstance(expr, Items) else expr:
            yield from _numbers(value, whole, keyword)
    elif isinstance(expr, int) and not isinstance(expr, bool):
        yield Number(keyword, expr)


def _filled(
    expr: Expr, whole: Set[Call], fill: Callable[[Number], Expr], keyword: str = ""
) -> Expr:
    """Return an expression with something else for each of its numbers."""
    if isinstance(expr, Call):
        if expr in whole:
            return expr
        args = tuple(_filled(arg, whole, fill) for arg in expr.args)
        kwargs = tuple((n, _filled(v, whole, fill, n)) for n, v in expr.kwargs)
        return replace(expr, args=args, kwargs=kwargs)
    if isinstance(expr, Items):
        return Items(tuple(_filled(v, whole, fill, keyword) for v in expr.values))
    if isinstance(expr, tuple):
        return tuple(_filled(value, whole, fill, keyword) for value in expr)
    if isinstance(expr, int) and not isinstance(expr, bool):
        return fill(Number(keyword, expr))
    return expr


def _with_comments(call: Call) -> Call:
    """Return a call that is equal only to those which say the same."""

    def told(expr: Expr) -> Expr:
        if isinstance(expr, Call):
            args, kwargs = map(told, expr.args), ((n, told(v)) for n, v in expr.kwargs)
            target = f"{expr.target} # {expr.comment}"
            return Call(target, tuple(args), tuple(kwargs))
        if isinstance(expr, Items):
            return Items(tuple(map(told, expr.values)))
        return tuple(map(told, expr)) if isinstance(expr, tuple) else expr

    found = told(call)
    assert isinstance(found, Call)
    return found
