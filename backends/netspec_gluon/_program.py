"""Specs as programs, and as source."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from netspec.contract import Texts, engine
from netspec.program import Call, Program, assemble, call
from netspec.program.render import (
    Code,
    Dialect,
    Layout,
    Listing,
    Page,
    access,
    block_functions,
    draw_statements,
    list_layers,
    render,
    signature,
)
from netspec.spec import Spec
from netspec_gluon._graph import GRAPH
from netspec_gluon._initializers import draws
from netspec_gluon._lowering import NN, OURS, SUPPORT, Context, chain, home, ours
from netspec_gluon._names import FUSED, gluon_paths, gluon_ties

SHIM = Path(__file__).parent / "mxnet191" / "shim.py"
NAMED = ours("containers:named").target
DOUBLE = ours("containers:double").target


def network(spec: Spec, ctx: Context) -> Call:
    """Make the call that constructs the `HybridSequential` of a spec, with parameters
    that have no values yet.

    Raises:
        BackendError: Gluon cannot represent a layer of the spec; names its path.
    """
    net = chain(spec.graph, ctx)
    # Cast before first weights are drawn, which are then drawn in float64
    return ours("containers:double", net) if ctx.double else net


def program(spec: Spec, dtype: str) -> Program:
    """Make the calls that construct the network of a spec and draw its first weights.

    Raises:
        BackendError: Gluon cannot represent a layer or a tie of the spec, or draw from
            a distribution.
    """
    calls = network(spec, Context(dtype)), tuple(draws(spec.graph))
    made = Program(*calls, ties=gluon_ties(spec))
    if made.ties:
        with engine("mxnet", "a check of tied parameters"):
            from netspec_gluon._arrays import share
        assemble(made, share)  # where the shapes are seen that Gluon keeps
    return made


def source(spec: Spec, dtype: str, weights: bool = False) -> str:
    """Print the program of a spec as a Python file that needs only mxnet.

    Args:
        spec: the model.
        dtype: ``"float32"`` or ``"float64"``.
        weights: also define ``load_weights(net, path)``.

    Raises:
        BackendError: `program` raises it, or the source of a user's block is missing.
    """
    carried, calls = _carried(spec), program(spec, dtype)
    also = [f"{OURS}.{_reader(spec)}:load_weights"] if weights else []
    return render(spec, calls, DIALECT, dtype=dtype, carried=carried, also=also)


def _reader(spec: Spec) -> str:
    """Name the module of the reader of weights that a net needs."""
    if spec.ties:
        return "_tied_weights"
    names = {name.rpartition(".")[2] for name in gluon_paths(spec).values()}
    fused = not names.isdisjoint(FUSED.values())
    return "_fused_weights" if fused else "_weights"


def listing(spec: Spec, dtype: str) -> Listing:
    """List the text of `source` layer by layer.

    Raises:
        BackendError: `source` raises it.
    """
    carried, calls = _carried(spec), program(spec, dtype)
    return list_layers(spec, calls, DIALECT, dtype=dtype, carried=carried)


def _carried(spec: Spec) -> frozenset[str]:
    # The package of a user's lowering need not be installed where the file runs
    return frozenset({home(node.layer) for node in spec.graph.walk()} | {OURS})


def functions(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of ``build()``, which makes the network, then those of
    ``initialize(net)``.
    """
    yield from block_functions(page, f"{NN}:HybridBlock")
    yield (
        f"def build() -> {page.network}:",
        f'    """Make the network: {signature(page)}."""',
        *_build(page),
        *_shared(page),
        "    return net",
    )
    yield (
        f"def initialize(net: {page.network}) -> None:",
        '    """Draw the first weights in place."""',
        *first_weights(page),
    )


def first_weights(page: Page) -> Iterator[str]:
    """Yield the statements of ``initialize(net)``."""
    (_, drawn), *rest = page.program.inits
    yield from page.layout.lines(_of_net(drawn), indent=4)
    others = replace(page.program, inits=tuple(rest))
    yield from draw_statements(others, page.layout, page.spec.shapes())


def _build(page: Page) -> Iterator[str]:
    """Yield the calls of `sequential`, `named` and `double` as statements."""
    net: Any = page.program.modules
    yield f"    net = {page.network}()"
    if net.target == DOUBLE:
        (net,) = net.args
    if net.target == NAMED:
        yield from _build_named(net.args, page.layout)
    else:
        add = _of_net(Call(".add", net.args))
        yield from page.layout.lines(add, indent=4, explode=True)
    if page.dtype == "float64":
        yield '    net.cast("float64")  # before initialize, which then draws doubles'


def _shared(page: Page) -> Iterator[str]:
    """Yield a statement for each parameter that is another's."""
    for path, owner in page.program.ties.items():
        block, _, name = path.rpartition(".")
        ends = Code(access(block)), name, Code(access(owner))
        yield from page.layout.lines(ours("ties:share", *ends), indent=4)


def _build_named(pairs: Sequence[tuple[str, Call]], layout: Layout) -> Iterator[str]:
    for numbered, group in groupby(pairs, key=lambda pair: pair[0].isdecimal()):
        if numbered:
            add = _of_net(Call(".add", tuple(block for _, block in group)))
            yield from layout.lines(add, indent=4)
        else:
            for name, block in group:
                yield from _assign(name, block, layout)


def _assign(name: str, block: Call, layout: Layout) -> Iterator[str]:
    if keyword.iskeyword(name):
        setting = call("builtins:setattr", Code("net"), name, block)
        return layout.lines(setting, indent=4)
    return layout.lines(block, f"net.{name} = ", indent=4)


def _of_net(method: Call) -> Call:
    return replace(method, args=(Code("net"), *method.args))


DIALECT = Dialect(
    "MXNet",
    f"{NN}:HybridSequential",
    {"mxnet": "mx", NN: "nn"},
    functions,
    first_weights,
    written={f"{SUPPORT}.graph:Graph": GRAPH},
    prelude=SHIM.read_text(encoding="utf-8").split('"""')[2].strip(),
)
text = Texts("gluon", source, listing)
