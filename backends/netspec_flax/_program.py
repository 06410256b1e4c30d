"""Specs as programs, and as source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from netspec.contract import Texts, engine
from netspec.program import Call, Program
from netspec.program.layouts import plan
from netspec.program.render import (
    Dialect,
    Listing,
    Page,
    block_functions,
    list_layers,
    render,
    signature,
)
from netspec.spec import Spec
from netspec_flax._graph import GRAPH
from netspec_flax._initializers import initializer_of
from netspec_flax._lowering import OURS, SUPPORT, Context, chain, home
from netspec_jax import name_shared


def program(spec: Spec, dtype: str) -> Program:
    """Make the calls that construct the network of a spec; initializers are arguments
    of these calls.

    Raises:
        BackendError: Flax cannot represent a layer, or JAX cannot draw from a
            distribution.
    """
    tied = frozenset(spec.ties) | frozenset(spec.ties.values())
    ctx = Context(dtype, plan(spec.graph), _tables(spec), tied)
    net = chain(spec.graph, ctx, alone=False)
    assert isinstance(net, Call)
    return Program(net, (), ties=spec.ties)


def _tables(spec: Spec) -> frozenset[str]:
    """Find kernels that are tied to what is no kernel, whose layout they take."""
    held = replace(spec, ties={}).parameters()
    owners = {*spec.ties.values()}
    groups = [{o, *(p for p, q in spec.ties.items() if q == o)} for o in owners]
    mixed = (g for g in groups if len({held[path].is_kernel for path in g}) > 1)
    return frozenset(path for g in mixed for path in g if held[path].is_kernel)


def source(spec: Spec, dtype: str, weights: bool = False) -> str:
    """Print the program of a spec as a Python file that needs only flax.

    Args:
        spec: the model.
        dtype: ``"float32"`` or ``"float64"``.
        weights: also define ``load_weights(net, path)``.

    Raises:
        BackendError: `program` raises it, or there is no source of a user's function.
    """
    carried, calls = _carried(spec), _printed(spec, dtype)
    also = [f"{OURS}._weights:load_weights"] if weights else []
    return render(spec, calls, DIALECT, dtype=dtype, carried=carried, also=also)


def listing(spec: Spec, dtype: str) -> Listing:
    """List the text of `source` layer by layer.

    Raises:
        BackendError: `source` raises it.
    """
    carried, calls = _carried(spec), _printed(spec, dtype)
    return list_layers(spec, calls, DIALECT, dtype=dtype, carried=carried)


def _printed(spec: Spec, dtype: str) -> Program:
    calls = program(spec, dtype)
    return replace(calls, shared=name_shared(spec, calls.modules, initializer_of))


def _carried(spec: Spec) -> frozenset[str]:
    # The package of a user's lowering need not be installed where the file runs
    homes = {home(node.layer) for node in spec.graph.walk()}
    return frozenset(homes | {OURS, "netspec_jax"})


def functions(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of the initializers and blocks that have a name, then those of
    the class of the network.
    """
    initializers = [*_initializers(page)]
    if initializers:
        yield initializers
    yield from block_functions(page, "flax.nnx:Module", ("rngs", "flax.nnx:Rngs"))
    yield _network(page)


def _network(page: Page) -> Iterator[str]:
    spell, array = page.layout.spell, page.layout.spell("jax:Array")
    wide = page.dtype == "float64"
    guard = [f"        {spell(f'{SUPPORT}.float64:need_x64')}()"] if wide else []
    yield f"class Net({page.network}):"
    yield f'    """From {signature(page)}."""'
    yield ""
    yield f"    def __init__(self, *, rngs: {spell('flax.nnx:Rngs')}) -> None:"
    yield from guard
    made, typed = page.program.modules, ": Any" * bool(page.program.ties)
    before = f"self.layers{typed} = "
    yield from page.layout.lines(made, before, indent=8, explode=True)
    for path, owner in page.program.ties.items():
        yield from _tie(page, path, owner)
    yield ""
    yield f"    def __call__(self, x: {array}) -> {spell('typing:Any')}:"
    described = ", channels first" * (len(page.spec.input_shape) > 1)
    yield f'        """Compute the output for a batch{described}."""'
    yield from guard
    yield "        return self.layers(x)"


def _tie(page: Page, path: str, owner: str) -> Iterator[str]:
    with engine("flax", "the source of tied parameters"):
        from netspec_flax._making import skeleton
        from netspec_flax.support.paths import locate
    net = skeleton(program(page.spec, page.dtype), page.dtype)
    one, other = (f"self.layers{locate(net.layers, held)}" for held in (path, owner))
    text = f"        {one} = {other}"
    if len(text) <= page.layout.width:
        yield text
    else:
        yield f"        {one} = ("
        yield f"            {other}"
        yield "        )"


def first_weights(page: Page) -> Iterator[str]:
    """Yield the lines of the initializers that have a name; the others stand in the
    calls that draw with them.
    """
    yield from _initializers(page)


def _initializers(page: Page) -> Iterator[str]:
    layout = replace(page.layout, shared={})
    for initializer, name in page.program.shared.items():
        yield from layout.lines(initializer, f"{name} = ")


DIALECT = Dialect(
    "Flax",
    "flax.nnx:Module",
    {"flax.nnx": "nnx", "jax.lax": "lax", "jax.numpy": "jnp", "jax.random": "random"},
    functions,
    first_weights,
    ("Net", "rngs"),
    written={f"{SUPPORT}.graph:Graph": GRAPH},
    use="{}(rngs)",
)
text = Texts("flax", source, listing)
