"""Entries of the registry, and the rules that they keep."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from netspec.declare import Declared, Field, FrozenDict, declare
from netspec.declare.rules import TITLE, Rule, Unfit, choice, optional, sequence, where
from netspec.differences._frameworks import FRAMEWORKS, TEXT
from netspec.errors import SpecError, shorten
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
RELATION = where(TEXT, _is_expression, "a Python expression over the results")
WITNESS: Rule[Mapping[str, str], FrozenDict[str, str]] = Rule(
    f"a mapping from {', '.join(FRAMEWORKS)} to Python code, each of which ends with"
    " an expression or sets `result`",
    _snippets,
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
NONE: tuple[str, ...] = ()


@declare
class Difference(Declared):
    """A difference between frameworks that is known, explained and witnessed.

    Attributes:
        id: lower-case words joined by hyphens.
        title: the difference in one line.
        about: the types of layers, or the topic, that it concerns.
        cause: why the frameworks differ.
        formula: how far, as a formula in plain text.
        handling: ``"exact"`` (netspec makes the frameworks agree), ``"declared"`` (they
            differ, by the formula) or ``"refused"`` (an error says why).
        advice: what to do when porting.
        witness: code that shows the difference, by framework.
        relation: a Python expression that is true of the results of the witness, each
            under the name of its framework.
        setup: code that comes before each snippet and before the relation.
        raises: the frameworks whose snippet raises; the error is its result.
        spec: the document of a spec, without its format version and name, for which
            `handling` is true in each of `backends`.
        backends: backends in which `spec` shows what `handling` says.
        dtype: dtype in which `spec` shows it.
        numerics: the field of `netspec.contract.Numerics` by which a backend declares
            this difference.
        devices: the kinds of devices on which it was seen; ``"any"`` where it is a
            matter of names, shapes and options, which no device computes.
    """

    id: Field[str, str] = Field(ID)
    title: Field[str, str] = Field(TITLE)
    about: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(ABOUT, f"a list of types of layers, or of {', '.join(TOPICS)}")
    )
    cause: Field[str, str] = Field(TEXT)
    formula: Field[str, str] = Field(TEXT)
    handling: Field[str, str] = Field(HANDLING)
    advice: Field[str, str] = Field(TEXT)
    witness: Field[Mapping[str, str], FrozenDict[str, str]] = Field(WITNESS)
    relation: Field[str, str] = Field(RELATION)
    setup: Field[str | None, str | None] = Field(optional(CODE), default=None)
    raises: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(FRAMEWORK, "a list of frameworks", least=0), default=NONE
    )
    spec: Field[Mapping[str, Any] | None, FrozenDict[str, Any] | None] = Field(
        optional(EXAMPLE), default=None
    )
    backends: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(FRAMEWORK, "a list of frameworks", least=0), default=NONE
    )
    dtype: Field[str, str] = Field(choice("float32", "float64"), default="float64")
    numerics: Field[str | None, str | None] = Field(optional(NUMERICS), default=None)
    devices: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(DEVICE, "a list of any, cpu, gpu and tpu"), default=("cpu",)
    )

    def __post_init__(self) -> None:
        strange = set(self.raises) - set(self.witness)
        if strange:
            raise SpecError(
                f"raises names {shorten(strange.pop())}, which the witness lacks"
            )
        if bool(self.spec) != bool(self.backends):
            raise SpecError("spec and backends need each other; give both or neither")
        if self.numerics and self.handling != "declared":
            raise SpecError(
                f"numerics need handling 'declared', received {shorten(self.handling)}"
            )

    def __hash__(self) -> int:  # the document of a spec has no hash
        return hash(self.id)

    @property
    def frameworks(self) -> dict[str, str]:
        """The frameworks that differ, each with the version on which that was seen."""
        return {name: FRAMEWORKS[name].seen for name in self.witness}
