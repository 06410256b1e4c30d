"""A listing: the text of the exported file, layer by layer."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from textwrap import indent

import pytest

import nets
import netspec as ns
from netspec import Spec, backend
from netspec.program.render import Listing
from tests.spec.test_spec import CNN, MLP

NAMED = Spec(
    "named",
    (4,),
    [
        ns.Dense(3, name="hidden"),
        ns.BatchNorm(decay=0.8),
        ns.Sequential([ns.Dense(3, name="class"), ns.Tanh()], name="head"),
        ns.Residual([ns.Dense(3)], shortcut=[ns.Dense(3)]),
    ],
    "he",
)
SPECS = {"mlp": MLP, "cnn": CNN, "named": NAMED, "googlenet": nets.googlenet()}


class Alike(ast.NodeTransformer):
    """What differs in numbers alone becomes the same: a block is a function of them."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self.numbers = set(numbers)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(0) if type(node.value) is int else node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(0) if node.id in self.numbers else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        parts = (node.left, node.right)
        return (
            ast.Constant(0) if all(isinstance(p, ast.Constant) for p in parts) else node
        )


def calls(source: str) -> Iterator[str]:
    """Every expression of a source, in one spelling."""
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    blocks = [node for node in functions if node.name.startswith("block")]
    given = [arg for block in blocks for arg in block.args.args]
    alike = Alike(
        arg.arg for arg in given if ast.unparse(arg.annotation or arg) == "int"
    )
    return map(ast.dump, ast.walk(alike.visit(tree)))


def code(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


@pytest.fixture(
    scope="module",
    params=[(b, s) for b in ("torch", "gluon", "jax", "flax") for s in SPECS],
    ids=" ".join,
)
def listed(request: pytest.FixtureRequest) -> tuple[Spec, str, Listing]:
    """A spec, its exported file, and the same layer by layer."""
    name, key = request.param
    made = backend(name)
    spec = SPECS[key]
    return spec, made.source(spec), made.listing(spec)  # type: ignore[attr-defined]


Listed = tuple[Spec, str, Listing]


def test_every_layer_is_listed_in_order(listed: Listed) -> None:
    spec, _, listing = listed
    assert list(listing.layers) == [node.path for node in spec.graph.walk()]


def test_lines_are_those_of_the_file(listed: Listed) -> None:
    spec, source, listing = listed
    known = set(calls(source))
    leaves = [node.path for node in spec.graph.walk() if not node.branches]
    for path in leaves:
        (statement,) = ast.parse(code(listing.layers[path])).body
        assert isinstance(statement, ast.Expr)
        assert ast.dump(Alike(()).visit(statement.value)) in known


def test_first_weights_are_those_of_the_file(listed: Listed) -> None:
    _, source, listing = listed
    text = indent(code(listing.first_weights) or "pass", "    ")
    (function,) = ast.parse(f"def draw():\n{text}").body
    assert isinstance(function, ast.FunctionDef)
    known = {*calls(source), ast.dump(ast.Pass())}
    assert {
        ast.dump(Alike(()).visit(statement)) for statement in function.body
    } <= known


def test_comments_are_those_of_the_file(listed: Listed) -> None:
    _, source, listing = listed
    words = " ".join(line.strip(" #") for line in source.splitlines())
    texts = [*listing.layers.values(), listing.first_weights]
    lines = [line for text in texts for line in text.splitlines()]
    comments = [line.strip(" #") for line in lines if line.lstrip().startswith("#")]
    assert len(comments) == len(set(comments))
    assert all(comment in words for comment in comments)


def test_a_container_leaves_out_what_has_lines_of_its_own() -> None:
    layers = backend("torch").listing(NAMED).layers  # type: ignore[attr-defined]
    named = '("class", ...), ("1", ...)'
    assert layers["head"] == f"nn.Sequential(OrderedDict([{named}]))"
    shortcut = "shortcut=nn.Sequential(...)"
    assert layers["3"] == f"Residual(nn.Sequential(...), {shortcut})"
