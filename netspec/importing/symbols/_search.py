"""The search for compositions in a graph."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from netspec.importing.symbols._call import DRAWING
from netspec.importing.symbols._patterns import (
    Applied,
    Either,
    Letter,
    Pattern,
    Several,
    Term,
)
from netspec.importing.symbols._symbol import INPUT, Node, Symbol

Reference: TypeAlias = tuple[int, int]  # a node, and which of its outputs
Bound: TypeAlias = Mapping[str, Any]

# What attributes say that are left out, and those that change no number
DEFAULTS: Mapping[str, Any] = {
    "axes": (),
    "count_include_pad": True,
    "exclude": False,
    "global_pool": False,
    "keepdims": False,
    "mode": "clip",
    "no_bias": False,
    "reverse": False,
    "squeeze_axis": False,
    "temperature": 1.0,
    "transpose_a": False,
    "transpose_b": False,
    "use_length": False,
}
HARMLESS = ("num_args", "dtype", "cudnn_off", "cudnn_tune", "workspace", "infer_range")


class Sought:
    """A graph in which patterns are looked for.

    Attributes:
        nodes: its operations.
    """

    def __init__(self, graph: Symbol) -> None:
        self.nodes = graph.nodes
        self._same: list[int] = []  # the first node that computes the same
        first: dict[Any, int] = {}
        for place, node in enumerate(graph.nodes):
            inputs = tuple(self.first(one) for one in node.inputs)
            key = (node.op, tuple(sorted(node.attributes.items())), inputs)
            alone = node.op in (INPUT, *DRAWING)
            self._same.append(place if alone else first.setdefault(key, place))

    def first(self, reference: Reference) -> Reference:
        """Return the first value that is the same as one."""
        return self._same[reference[0]], reference[1]

    def find(
        self, pattern: Pattern, reference: Reference, bound: Bound | None = None
    ) -> Bound | None:
        """Return what the letters of a pattern stand for, if a value is of it.

        Args:
            pattern: the pattern.
            reference: the value.
            bound: what some letters stand for already.
        """
        found = self._all(pattern.term, reference, bound or {})
        for letter, term in pattern.clauses:
            found = self._clause(letter, term, found)
        return next(found, None)

    def _clause(
        self, letter: str, term: Term, found: Iterator[Bound]
    ) -> Iterator[Bound]:
        for bound in found:
            yield from self._all(term, bound[letter], bound)

    def _all(self, term: Term, reference: Reference, bound: Bound) -> Iterator[Bound]:
        if isinstance(term, Letter):
            yield from self._bind(bound, term.name, reference)
        elif isinstance(term, Either):
            for one in term.terms:
                yield from self._all(one, reference, bound)
        elif isinstance(term, Applied):
            node = self.nodes[reference[0]]
            if node.op in term.names and reference[1] == term.output:
                yield from self._applied(term, node, bound)

    def _applied(self, term: Applied, node: Node, bound: Bound) -> Iterator[Bound]:
        inputs = list(node.inputs)
        orders = [inputs, inputs[::-1]] if term.commutes else [inputs]
        for with_attributes in _attributes(term, node, bound):
            for order in orders:
                yield from self._inputs(term.inputs, order, with_attributes)

    def _inputs(
        self, terms: Sequence[Term], given: Sequence[Reference], bound: Bound
    ) -> Iterator[Bound]:
        if terms and isinstance(terms[0], Several):
            yield from self._bind(bound, terms[0].name, tuple(given))
        elif terms and given:
            for more in self._all(terms[0], given[0], bound):
                yield from self._inputs(terms[1:], given[1:], more)
        elif not terms and not given:
            yield bound

    def _bind(self, bound: Bound, name: str, found: Any) -> Iterator[Bound]:
        """Let a letter stand for a value, or for several; twice for the same only."""
        if name not in bound:
            yield {**bound, name: found}
        elif self._key(bound[name]) == self._key(found):
            yield bound

    def _key(self, found: Any) -> Any:
        several = not found or isinstance(found[0], tuple)
        return tuple(map(self.first, found)) if several else self.first(found)


def _attributes(term: Applied, node: Node, bound: Bound) -> Iterator[Bound]:
    said = {key: read(text) for key, text in node.attributes.items()}
    for key, wanted in term.attributes.items():
        value = said.pop(key, DEFAULTS.get(key))
        if isinstance(wanted, tuple) and isinstance(value, tuple):
            pairs = list(zip(wanted, value, strict=False))
            if len(wanted) != len(value):
                return
        else:
            pairs = [(wanted, value)]
        for one, found in pairs:
            if isinstance(one, Letter):
                if one.name in bound and not _alike(bound[one.name], found):
                    return
                bound = {**bound, one.name: found}
            elif not _alike(one, found):
                return
    if term.rest is not None:
        yield from _bind(bound, term.rest, _texts(node, term.attributes))
    elif all(map(_harmless, said.items())):
        yield bound


def _texts(node: Node, taken: Mapping[str, Any]) -> dict[str, str]:
    return {key: text for key, text in node.attributes.items() if key not in taken}


def _harmless(item: tuple[str, Any]) -> bool:
    key, value = item
    plain = key.startswith("__") or key in HARMLESS or value is None
    return plain or (key in DEFAULTS and _alike(DEFAULTS[key], value))


def _alike(wanted: Any, found: Any) -> bool:
    return bool(found in (wanted, (wanted,)) or wanted == (found,))


def _bind(bound: Bound, name: str, found: Any) -> Iterator[Bound]:
    if name not in bound:
        yield {**bound, name: found}
    elif bound[name] == found:
        yield bound


@lru_cache(4096)
def read(text: str) -> Any:
    """Read the text of an attribute: a number, a tuple of them, true, false or none."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        pass
    try:
        return float(text)  # an infinity
    except ValueError:
        return text
