"""Compositions of operations, written as the expressions that they are.

``"x * (n / (n + 2)) where n = p * (p + 2) where p = exp(minimum(x, A))"`` is a pattern:
small letters stand for values, capital ones for numbers and attributes, `*ys` for
several values, `**K` for what other attributes there are, and `split(x)[1]` for the
second output. A letter that stands twice stands for the same thing. Attributes that a
pattern does not name must say what they say by default.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

# What operations are called where they are not called as in a pattern
NAMES = {"split": "SliceChannel", "swapaxes": "SwapAxis"}
CAPITAL = ("concat", "pad", "reshape")  # may begin with a capital letter
ACTIVATIONS = ("relu", "sigmoid", "softsign", "tanh")  # of `Activation`, too
MERGES: Mapping[type, tuple[str, ...]] = {
    ast.Add: ("elemwise_add", "broadcast_add", "_plus", "_Plus", "broadcast_plus"),
    ast.Sub: ("elemwise_sub", "broadcast_sub", "_minus", "_Minus", "broadcast_minus"),
    ast.Mult: ("elemwise_mul", "broadcast_mul", "_mul", "_Mul"),
    ast.Div: ("elemwise_div", "broadcast_div", "_div", "_Div"),
}
SCALARS: Mapping[type, tuple[str, str]] = {  # the number last, and first
    ast.Add: ("_plus_scalar", "_plus_scalar"),
    ast.Sub: ("_minus_scalar", "_rminus_scalar"),
    ast.Mult: ("_mul_scalar", "_mul_scalar"),
    ast.Div: ("_div_scalar", "_rdiv_scalar"),
    ast.Pow: ("_power_scalar", "_rpower_scalar"),
    ast.Gt: ("_greater_scalar", "_lesser_scalar"),
    ast.GtE: ("_greater_equal_scalar", "_lesser_equal_scalar"),
    ast.Lt: ("_lesser_scalar", "_greater_scalar"),
    ast.LtE: ("_lesser_equal_scalar", "_greater_equal_scalar"),
}
NUMBERS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Div: operator.truediv,
    ast.Mult: operator.mul,
}
LIMITS = {"minimum": "_minimum_scalar", "maximum": "_maximum_scalar"}
COMMUTES = (ast.Add, ast.Mult)


@dataclass(frozen=True)
class Letter:
    """A value, by a small letter, or a number, by a capital one."""

    name: str


@dataclass(frozen=True)
class Several:
    """All values that are left."""

    name: str


@dataclass(frozen=True)
class Applied:
    """An operation.

    Attributes:
        names: of which it has one.
        inputs: patterns of what it reads.
        attributes: numbers, texts, tuples or letters, by key.
        rest: the letter of all other attributes; None where there are none.
        output: which of its outputs.
        commutes: whether the first two inputs may stand in either order.
    """

    names: tuple[str, ...]
    inputs: tuple[Term, ...]
    attributes: Mapping[str, Any]
    rest: str | None = None
    output: int = 0
    commutes: bool = False

    def __hash__(self) -> int:
        return hash((self.names, len(self.inputs), self.output))


@dataclass(frozen=True)
class Either:
    """One of several spellings."""

    terms: tuple[Term, ...]


Term: TypeAlias = Letter | Several | Applied | Either


@dataclass(frozen=True)
class Pattern:
    """A composition.

    Attributes:
        term: what is last.
        clauses: letters, and what they stand for.
    """

    term: Term
    clauses: tuple[tuple[str, Term], ...]


def parsed(text: str) -> Pattern:
    """Read a pattern."""
    main, *rest = text.split(" where ")
    clauses = (clause.split("=", 1) for clause in rest)
    return Pattern(
        _parsed(main), tuple((letter.strip(), _parsed(one)) for letter, one in clauses)
    )


def _parsed(text: str) -> Term:
    return _term(ast.parse(text.strip(), mode="eval").body)


def roots(term: Term) -> Iterator[str]:
    """Yield the names of operations that a pattern may end with."""
    if isinstance(term, Either):
        for one in term.terms:
            yield from roots(one)
    elif isinstance(term, Applied):
        yield from term.names


def _term(node: ast.expr) -> Term:
    if isinstance(node, ast.Name):
        return Letter(node.id)
    if isinstance(node, ast.Starred) and isinstance(node.value, ast.Name):
        return Several(node.value.id)
    if isinstance(node, ast.Subscript):
        inside, output = _term(node.value), ast.literal_eval(node.slice)
        assert isinstance(inside, Applied)
        return Applied(
            inside.names, inside.inputs, inside.attributes, inside.rest, output
        )
    if isinstance(node, ast.UnaryOp):  # a negative, which is written as a product
        inputs = (_term(node.operand),)
        product = Applied(("_mul_scalar",), inputs, {"scalar": -1.0})
        return Either((product, Applied(("negative",), inputs, {})))
    if isinstance(node, ast.BinOp):
        return _binary(type(node.op), node.left, node.right)
    if isinstance(node, ast.Compare):
        return _binary(type(node.ops[0]), node.left, node.comparators[0])
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return _applied(node.func.id, node)


def _binary(kind: type, left: ast.expr, right: ast.expr) -> Term:
    for place, (number, other) in enumerate([(right, left), (left, right)]):
        if _is_number(number):
            held = {"scalar": _value(number)}
            return Applied((SCALARS[kind][place],), (_term(other),), held)
    both = (_term(left), _term(right))
    return Applied(MERGES[kind], both, {}, commutes=kind in COMMUTES)


def _applied(name: str, node: ast.Call) -> Term:
    if name in LIMITS:
        limit = {"scalar": _value(node.args[1])}
        return Applied((LIMITS[name],), (_term(node.args[0]),), limit)
    inputs = tuple(map(_term, node.args))
    attributes = {one.arg: _value(one.value) for one in node.keywords if one.arg}
    rest = [one.value for one in node.keywords if one.arg is None]
    letter = rest[0].id if rest and isinstance(rest[0], ast.Name) else None
    made = Applied(_names(name), inputs, attributes, letter)
    if name in ACTIVATIONS:
        return Either((made, Applied(("Activation",), inputs, {"act_type": name})))
    return made


def _names(name: str) -> tuple[str, ...]:
    other = name.capitalize() if name in CAPITAL else NAMES.get(name)
    return (name,) if other is None else (name, other)


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id.isupper() or node.id == "pi"
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "sqrt"
    if isinstance(node, ast.BinOp):
        return _is_number(node.left) and _is_number(node.right)
    if isinstance(node, ast.UnaryOp):
        return _is_number(node.operand)
    return isinstance(node, ast.Constant)


def _value(node: ast.expr) -> Any:
    """Work out a number, or take the letter that stands for an attribute."""
    if isinstance(node, ast.Name) and node.id != "pi":
        return Letter(node.id)
    if isinstance(node, ast.Tuple):
        return tuple(map(_value, node.elts))
    if isinstance(node, ast.BinOp):
        return NUMBERS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.Call):
        return math.sqrt(_value(node.args[0]))
    return math.pi if isinstance(node, ast.Name) else ast.literal_eval(node)
