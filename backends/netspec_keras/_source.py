"""Programs as source: a list of layers, or statements of Keras's functional API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from netspec.program import Call, Expr, Items, Name, Program, call, walk
from netspec.program.render import (
    Code,
    Dialect,
    Page,
    block_functions,
    render,
    signature,
)
from netspec.spec import Spec
from netspec_keras._calls import CHAIN, JOIN, STEPS, USE, WIRE, sequential
from netspec_keras._graph import GRAPH
from netspec_keras._lowering import OURS, SUPPORT, home
from netspec_keras._program import input_of, is_sequential, program
from netspec_keras._statements import RETURN, Body
from netspec_keras._variables import groups


def source(spec: Spec, weights: bool = False) -> str:
    """Print the program of a spec as a Python file that needs only keras.

    Args:
        spec: the model.
        weights: also define ``load_weights(net, path)``.

    Raises:
        BackendError: `program` raises it, or the source of a user's layer is missing.
    """
    made = program(spec)
    straight = is_sequential(made)
    dialect = SEQUENTIAL if straight else FUNCTIONAL
    if weights:
        dialect = replace(dialect, reserved=("build", "load_weights"))
        dialect = replace(dialect, functions=_with_weights(dialect))
    own = _in_a_row(spec, made) if straight else _unfolded(made)
    return render(spec, own, dialect, dtype="float32", carried=carried(spec))


def _in_a_row(spec: Spec, made: Program) -> Program:
    whole = sequential(made.modules)
    (layers,) = whole.args
    assert isinstance(layers, Items)
    return Program(replace(whole, args=(Items((input_of(spec), *layers.values)),)), ())


def _unfolded(made: Program) -> Program:
    """Take the paths from what no function of blocks may hold: layers that others hold,
    and layers that are shared.
    """

    def visit(expr: Expr, held: bool) -> tuple[Expr, bool]:
        if isinstance(expr, Items | tuple):
            values = expr.values if isinstance(expr, Items) else expr
            parts = [visit(value, held) for value in values]
            own: Expr = tuple(part for part, _ in parts)
            assert isinstance(own, tuple)
            whole = Items(own) if isinstance(expr, Items) else own
            return whole, any(found for _, found in parts)
        if not isinstance(expr, Call):
            return expr, False
        if expr in made.shared:
            return replace(expr, path=""), True
        holds = held or expr.target not in (CHAIN, STEPS, JOIN, WIRE, USE)
        args, found = visit(expr.args, holds)
        named, found_too = visit(tuple(value for _, value in expr.kwargs), holds)
        assert isinstance(args, tuple)
        assert isinstance(named, tuple)
        names = [name for name, _ in expr.kwargs]
        any_found = found or found_too
        path = "" if held or any_found else expr.path
        kwargs = tuple(zip(names, named, strict=True))
        return replace(expr, args=args, kwargs=kwargs, path=path), any_found

    modules, _ = visit(made.modules, False)
    assert isinstance(modules, Call)
    return replace(made, modules=modules)


def carried(spec: Spec) -> frozenset[str]:
    """List the packages whose definitions a file carries along."""
    # The package of a user's lowering need not be installed where the file runs
    return frozenset({home(node.layer) for node in spec.graph.walk()} | {OURS})


def in_a_row(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of ``build()``, which makes a `keras.Sequential`."""
    yield from block_functions(page, "keras.layers:Layer")
    yield (
        *_head(page),
        *page.layout.lines(page.program.modules, "return ", indent=4, explode=True),
    )


def functional(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of functions of tensors for the blocks, then of ``build()``."""
    tensor = page.layout.spell("keras:KerasTensor")
    body = Body(page.layout, frozenset(_taken(page)))
    for block in page.blocks:
        if block.written:
            yield block.written.lines(block.call, block.name, page.layout)
            continue
        taken = [f"x: {tensor}", *(f"{name}: int" for name in block.numbers)]
        own = replace(body, taken=body.taken | {*block.numbers})
        yield (
            f"def {block.name}({', '.join(taken)}) -> {tensor}:",
            '    """Apply layers that the network has several times."""',
            *own.lines(block.call, "x", RETURN),
        )
    yield (
        *_head(page),
        *page.layout.lines(input_of(page.spec), "inputs = ", indent=4),
        *_shared(page),
        *body.lines(page.program.modules, "inputs", "outputs"),
        f"    return {page.network}(inputs, outputs)",
    )


def _taken(page: Page) -> Iterator[str]:
    """Yield names that mean something in the functions of a file."""
    yield from ("keras", "layers", "ops", "initializers", "inputs", "build")
    yield from page.program.shared.values()
    yield from (block.name for block in page.blocks)
    for made in (page.program.modules, *(block.call for block in page.blocks)):
        for part in walk(made):
            if isinstance(part, Call | Name) and not part.target.startswith("builtins"):
                yield part.target.rpartition(":")[2].partition(".")[0]


def _shared(page: Page) -> Iterator[str]:
    plain = replace(page.layout, shared={})
    for layer, name in page.program.shared.items():
        yield from plain.lines(layer, f"{name} = ", indent=4)


def _head(page: Page) -> tuple[str, str]:
    says = f'    """Make the network: {signature(page)}."""'
    return f"def build() -> {page.network}:", says


def _with_weights(dialect: Dialect) -> Callable[[Page], Iterator[Iterable[str]]]:
    def functions(page: Page) -> Iterator[Iterable[str]]:
        yield from dialect.functions(page)
        names = tuple(g[0] if len(g) == 1 else g for g in groups(page.spec))
        read = call(f"{OURS}._weights:read_weights", Code("net"), Code("path"), names)
        yield (
            f"def load_weights(net: {page.network}, path: str) -> None:",
            '    """Read a safetensors file: ``load_weights(net, path)``."""',
            *page.layout.lines(read, indent=4),
        )

    return functions


def no_statements(page: Page) -> Iterator[str]:
    """Yield nothing: layers draw their first weights when they are built."""
    return iter(())


SEQUENTIAL = Dialect(
    "Keras",
    "keras:Sequential",
    {
        "keras": "keras",
        "keras.layers": "layers",
        "keras.ops": "ops",
        "keras.initializers": "initializers",
    },
    in_a_row,
    no_statements,
    ("build",),
    written={f"{SUPPORT}.graph:Graph": GRAPH},
)
FUNCTIONAL = replace(
    SEQUENTIAL, network="keras:Model", functions=functional, use="{}(x)"
)
