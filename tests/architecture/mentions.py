"""Where a source asks which class a layer has, however it does so.

Constructing a layer is no question. All else that names a class of layers is: a test of
types, a dispatch, a table, a pattern, an annotation, a name in a string. A name counts
wherever it comes from, unless it is imported from a package that is not ours: nothing
depends on how the class was imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

OURS = re.compile(r"netspec(_\w+)?(\..*)?")
WORD = re.compile(r"[\w.]+")
SHORTEST_PART = 3  # of a name, such as "Conv"
TESTS_OF_TEXT = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "find", "count"}
    | {"match", "search", "fullmatch", "fnmatch", "fnmatchcase", "compile"}
)


class Mention(NamedTuple):
    """One question.

    Attributes:
        line: where it stands.
        name: of the layer.
        how: what names it.
    """

    line: int
    name: str
    how: str


def mentions(source: str, names: set[str]) -> list[Mention]:
    """Every question about layers in the source of a module.

    Args:
        source: the text.
        names: of the classes of layers.
    """
    tree = ast.parse(source)
    reader = _Reader(tree, names)
    found = [*reader.classes(), *reader.instances(), *reader.texts()]
    return sorted(set(found))


class _Reader:
    """What several searches of one tree share."""

    def __init__(self, tree: ast.Module, names: set[str]) -> None:
        self.nodes = list(ast.walk(tree))
        self.expressions = [n for n in self.nodes if isinstance(n, ast.expr)]
        self.names = names
        self.parents = {
            child: node for node in self.nodes for child in ast.iter_child_nodes(node)
        }
        self.aliases, foreign = _imported(self.nodes, names)
        self.foreign = foreign - _assigned(self.nodes)
        self.kept = dict(self._given())

    def classes(self) -> Iterator[Mention]:
        """Names of classes that are not called."""
        for node in self.expressions:
            name = self._named(node)
            if name and not self._is_called(node):
                yield Mention(node.lineno, name, "the class")

    def instances(self) -> Iterator[Mention]:
        """Layers that are made to look at their class, or to be compared."""
        for node in self.expressions:
            name = self._made(node)
            if name and (how := self._asked(node)):
                yield Mention(node.lineno, name, how)

    def texts(self) -> Iterator[Mention]:
        """Strings that are names of layers, or parts of them in a test of a string."""
        for node in self.expressions:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            parent = self.parents[node]
            if isinstance(parent, ast.Expr | ast.JoinedStr):  # docstrings, messages
                continue
            for name in self._written(node.value, self._is_test_of_text(node)):
                yield Mention(node.lineno, name, "a string")

    def _named(self, node: ast.AST) -> str:
        """The layer that a name or an attribute stands for; empty if none."""
        if isinstance(node, ast.Name):
            name = self.aliases.get(node.id, node.id)
            return name if name in self.names and node.id not in self.foreign else ""
        if isinstance(node, ast.Attribute) and node.attr in self.names:
            return "" if _root(node) in self.foreign else node.attr
        return ""

    def _is_called(self, node: ast.AST) -> bool:
        parent = self.parents[node]
        return isinstance(parent, ast.Call) and parent.func is node

    def _made(self, node: ast.AST) -> str:
        """The layer that a call makes, or that a name was given; empty if none."""
        if isinstance(node, ast.Call):
            return self._named(node.func)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            return self.kept.get(node.id, "")
        return ""

    def _given(self) -> Iterator[tuple[str, str]]:
        """Names to which a new layer is given, and the layer."""
        for node in self.nodes:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                name = self._named(node.value.func)
                targets = (_root(target) for target in node.targets)
                yield from ((target, name) for target in targets if name)

    def _asked(self, node: ast.AST) -> str:
        """How a new layer is looked at; empty if it is not."""
        parent = self.parents[node]
        if isinstance(parent, ast.Attribute) and parent.attr == "__class__":
            return "the class of a new one"
        if isinstance(parent, ast.Call) and _root(parent.func) == "type":
            return "the class of a new one"
        is_compared = isinstance(self._around(node), ast.Compare | ast.MatchValue)
        return "a comparison" if is_compared else ""

    def _is_test_of_text(self, node: ast.AST) -> bool:
        parent = self._around(node)
        if isinstance(parent, ast.Call):
            called = getattr(parent.func, "attr", getattr(parent.func, "id", ""))
            return called in TESTS_OF_TEXT
        return isinstance(parent, ast.Compare | ast.MatchValue)

    def _around(self, node: ast.AST) -> ast.AST:
        """What a value is part of, sequences left out."""
        parent = self.parents[node]
        while isinstance(parent, ast.Tuple | ast.List | ast.Set):
            parent = self.parents[parent]
        return parent

    def _written(self, text: str, is_test: bool) -> Iterator[str]:
        """Layers that a string consists of; in a test, those that a word is part of."""
        found = (word.strip(".").rpartition(".")[2] for word in WORD.findall(text))
        words = [self.aliases.get(word, word) for word in found if word]
        if words and self.names.issuperset(words):
            yield from words
        elif is_test:
            parts = [w for w in words if len(w) >= SHORTEST_PART and w[0].isupper()]
            yield from (n for n in sorted(self.names) if any(p in n for p in parts))


def _imported(nodes: list[ast.AST], names: set[str]) -> tuple[dict[str, str], set[str]]:
    """Other names of layers, and names that come from packages that are not ours."""
    aliases: dict[str, str] = {}
    ours: set[str] = set()
    foreign: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            is_ours = bool(node.level) or bool(OURS.fullmatch(node.module or ""))
            for alias in node.names:
                bound = alias.asname or alias.name
                (ours if is_ours else foreign).add(bound)
                if is_ours and alias.name in names:
                    aliases[bound] = alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                (ours if OURS.fullmatch(alias.name) else foreign).add(bound)
    return aliases, foreign - ours


def _assigned(nodes: list[ast.AST]) -> set[str]:
    names = (node for node in nodes if isinstance(node, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _root(node: ast.AST) -> str:
    """The name at the beginning of a chain of attributes; empty if it is none."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
