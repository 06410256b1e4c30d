"""Rules that the fields of an entry keep."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from netspec.declare import Declared, FrozenDict, decode, instance_of
from netspec.declare.rules import TITLE, Rule, Unfit, choice, where
from netspec.differences._frameworks import FRAMEWORKS, TEXT
from netspec.layers import LAYERS

TOPICS = (
    "arrays",
    "engine",
    "files",
    "gradients",
    "initialization",
    "losses",
    "optimizers",
)
LEVELS = ("beginner", "intermediate", "advanced")
NONE: tuple[str, ...] = ()

D = TypeVar("D", bound=Declared)


def _is_expression(source: str) -> bool:
    return _parses(lambda: ast.parse(f"({source}\n)", mode="eval"))


def _gives_result(source: str) -> bool:
    if not _parses(lambda: ast.parse(source)):
        return False
    tree = ast.parse(source)
    named = (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return isinstance(tree.body[-1], ast.Expr) or "result" in named


def _parses(parse: Callable[[], ast.AST]) -> bool:
    try:
        parse()
    except SyntaxError:
        return False
    return True


def _mapping(value: object) -> FrozenDict[str, Any]:
    if not isinstance(value, Mapping) or not value:
        raise Unfit
    return FrozenDict(value)


def _snippets(value: object) -> FrozenDict[str, str]:
    codes = {name: SNIPPET.parse(code) for name, code in _mapping(value).items()}
    if not set(codes) <= set(FRAMEWORKS):
        raise Unfit
    return FrozenDict(codes)


def _expressions(value: object) -> FrozenDict[str, str]:
    found = _mapping(value).items()
    return FrozenDict({TITLE.parse(name): EXPRESSION.parse(v) for name, v in found})


def _one_expression(value: object) -> FrozenDict[str, str]:
    found = _expressions(value)
    if len(found) != 1 or not next(iter(found)).isidentifier():
        raise Unfit
    return found


def _numbers(value: object) -> FrozenDict[str, float]:
    found = _mapping(value)
    if not all(type(number) in (int, float) for number in found.values()):
        raise Unfit
    return found


def nested(kind: type[D], must: str) -> Rule[D, D]:
    """Make a rule that accepts a nested declaration."""
    return instance_of(kind, must, partial(decode, kind), {"type": "object"})


ID = where(
    TITLE,
    lambda name: bool(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)+", name)),
    "lower-case words joined by hyphens",
)
FRAMEWORK = choice(*FRAMEWORKS)
ABOUT = where(
    TITLE, lambda name: name in (*LAYERS, *TOPICS), "a type of layer, or a topic"
)
CODE = where(TEXT, lambda code: _parses(lambda: ast.parse(code)), "Python code")
SNIPPET = where(
    TEXT, _gives_result, "Python code that ends with an expression or sets `result`"
)
EXPRESSION = where(TEXT, _is_expression, "a Python expression over the results")
SNIPPETS: Rule[Mapping[str, str], FrozenDict[str, str]] = Rule(
    f"a mapping from {', '.join(FRAMEWORKS)} to Python code, each of which ends with"
    " an expression or sets `result`",
    _snippets,
    {"type": "object"},
    encode=dict,
)
EXPRESSIONS: Rule[Mapping[str, str], FrozenDict[str, str]] = Rule(
    "a mapping from names to Python expressions",
    _expressions,
    {"type": "object"},
    encode=dict,
)
VARIABLE: Rule[Mapping[str, str], FrozenDict[str, str]] = Rule(
    "a mapping from the name of one variable to a Python expression for its values",
    _one_expression,
    {"type": "object"},
    encode=dict,
)
NUMBERS: Rule[Mapping[str, float], FrozenDict[str, float]] = Rule(
    "a mapping from names of variables to numbers",
    _numbers,
    {"type": "object"},
    encode=dict,
)
EXAMPLE: Rule[Mapping[str, Any], FrozenDict[str, Any]] = Rule(
    "the document of a spec, without its format version and name",
    _mapping,
    {"type": "object"},
    encode=dict,
)
HANDLING = choice("exact", "declared", "refused")
NUMERICS = choice(
    "running_variance", "float32_scalars", "velocity_holds_rate", "adam_eps"
)
DEVICE = choice("any", "cpu", "gpu", "tpu")
LEVEL = choice(*LEVELS)
LESSON = where(
    TITLE,
    lambda name: bool(re.fullmatch("[a-z_]+/[a-z0-9_]+", name)),
    "a lesson of examples/lessons, such as containers/adam",
)
ISSUE = where(
    TITLE,
    lambda url: bool(
        re.fullmatch(
            r"https://github\.com/[\w.-]+/[\w.-]+/(issues|pull|discussions)/\d+", url
        )
    ),
    "the URL of a public issue, pull request or discussion on GitHub",
)
