"""Specs as programs, and as source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from netspec.contract import Texts
from netspec.program import Call, Expr, Name, Program, call, walk
from netspec.program.layouts import plan
from netspec.program.render import (
    Code,
    Dialect,
    Listing,
    Page,
    block_functions,
    list_layers,
    render,
    signature,
)
from netspec.spec import Spec
from netspec_jax._graph import FORWARD
from netspec_jax._initializers import shared
from netspec_jax._lowering import OURS, SUPPORT, Context, chain, home, is_own, made

BASE = f"{SUPPORT}.base"


def program(spec: Spec, dtype: str) -> Program:
    """Make the calls that construct the pair of functions of a spec; initializers are
    arguments of these calls.

    Raises:
        BackendError: a layer has no lowering, or JAX cannot draw from a distribution.
    """
    net = chain(spec.graph, Context(dtype, plan(spec.graph)))
    if spec.ties:
        net = made("ties:tied", net, *ties(spec))
    if dtype == "float64":
        net = made("adapters:float64", net)
    return Program(net, ())


def ties(spec: Spec) -> Iterator[tuple[str | tuple[int, ...], ...]]:
    """Yield the arguments of `support.ties.tied`: path, owner, and how the axes of the
    owner's array are permuted, if they are.
    """
    held = replace(spec, ties={}).parameters()
    for path, owner in spec.ties.items():
        kernels = held[path].is_kernel, held[owner].is_kernel
        last = len(held[path].shape) - 1
        axes = {
            (True, False): (*range(2, last + 1), 1, 0),
            (False, True): (last, last - 1, *range(last - 1)),
        }.get(kernels)
        yield (path, owner, axes) if axes else (path, owner)


def source(spec: Spec, dtype: str, weights: bool = False) -> str:
    """Print the program of a spec as a Python file that needs only jax.

    Args:
        spec: the model.
        dtype: ``"float32"`` or ``"float64"``.
        weights: also define ``load_weights(net, path)``.

    Raises:
        BackendError: `program` raises it, or there is no source of a user's function.
    """
    dialect = WITH_WEIGHTS if weights else DIALECT
    carried, calls = _carried(spec), _printed(spec, dtype)
    return render(spec, calls, dialect, dtype=dtype, carried=carried)


def listing(spec: Spec, dtype: str) -> Listing:
    """List the text of `source` layer by layer.

    Raises:
        BackendError: `source` raises it.
    """
    carried, calls = _carried(spec), _printed(spec, dtype)
    return list_layers(spec, calls, DIALECT, dtype=dtype, carried=carried)


def _printed(spec: Spec, dtype: str) -> Program:
    calls = program(spec, dtype)
    return replace(calls, shared=shared(spec, calls.modules))


def _carried(spec: Spec) -> frozenset[str]:
    # The package of a user's lowering need not be installed where the file runs
    return frozenset({home(node.layer) for node in spec.graph.walk()} | {OURS})


def functions(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of ``build()``, of ``init(key)`` and of ``apply(params, state, x,
    *, train, key)``.
    """
    spell = page.layout.spell
    array, tree = spell("jax:Array"), spell(f"{BASE}:Tree")
    early = [*_initializers(page, of_ours=False)]
    if early:
        yield early
    layer = spell(f"{BASE}:Layer")
    yield (
        f"def build() -> {layer}:",
        f'    """Make the net: {signature(page)}."""',
        *page.layout.lines(page.program.modules, "return ", indent=4, explode=True),
    )
    # A block is made where it is used: what makes it stands further below
    yield from block_functions(page, f"{BASE}:Layer")
    yield (
        f"def init(key: {array}) -> tuple[{tree}, {tree}]:",
        '    """Draw parameters and state with a key, such as jax.random.key(0)."""',
        f"    {_init(page)}",
    )
    yield (
        "def apply(",
        f"    params: {tree},",
        f"    state: {tree},",
        f"    x: {array},",
        "    *,",
        "    train: bool = False,",
        f"    key: {array} | None = None,",
        f") -> tuple[{array}, {tree}]:",
        *_docstring(page),
        f"    return net.apply(params, state, x, {spell(f'{BASE}:Mode')}(train, key))",
    )


def first_weights(page: Page) -> Iterator[str]:
    """Yield the lines of the initializers that have a name, then the statement that
    calls the initializers of all layers.
    """
    yield from _initializers(page)
    yield _init(page)


def _initializers(page: Page, *, of_ours: bool | None = None) -> Iterator[str]:
    """Yield the lines of those that use what the file defines, of those that do not, or
    of all.
    """
    layout = replace(page.layout, shared={})
    for initializer, name in page.program.shared.items():
        if of_ours in (None, _is_ours(initializer, page)):
            yield from layout.lines(initializer, f"{name} = ")


def _is_ours(expr: Expr, page: Page) -> bool:
    carried = _carried(page.spec)
    targets = (x.target for x in walk(expr) if isinstance(x, Call | Name))
    return any(target.partition(".")[0] in carried for target in targets)


def last(page: Page) -> Iterator[str]:
    """Yield the lines of initializers that use what the file defines, and of the net,
    which is made when all is defined.
    """
    yield "\n".join([*_initializers(page, of_ours=True), "net = build()"])


def _init(page: Page) -> str:
    return f"return net.init(key, {page.layout.spell(f'jax.numpy:{page.dtype}')})"


def _docstring(page: Page) -> Iterator[str]:
    spec = page.spec
    yield f'    """Run the net: {signature(page)}.'
    yield ""
    yield "    Args:"
    yield "        params: what `init` drew, or training made of it."
    yield f"        state: {STATE if _has_state(spec) else NO_STATE}"
    yield f"        x: a batch{', channels first' * (len(spec.input_shape) > 1)}."
    yield '        train: static under jit: jax.jit(apply, static_argnames="train").'
    yield f"        key: {KEY if _may_draw(spec) else NO_KEY}"
    yield ""
    yield "    Returns:"
    yield "        The output, and the state for the next call."
    yield '    """'


STATE = "running statistics; training returns the next ones."
NO_STATE = "empty, as no layer has one."
KEY = "for what is random in training; each step needs a new one."
NO_KEY = "not needed, as nothing is random."


def _has_state(spec: Spec) -> bool:
    return not all(parameter.trainable for parameter in spec.parameters().values())


def _may_draw(spec: Spec) -> bool:
    layers = [node.layer for node in spec.graph.walk()]
    return any(x.random or not is_own(x) for x in layers)


def functions_and_weights(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of `functions`, then those of ``load_weights(net, path)``."""
    yield from functions(page)
    spell = page.layout.spell
    tree, kind = spell(f"{BASE}:Tree"), spell(f"jax.numpy:{page.dtype}")
    read = call(f"{OURS}._weights:read_weights", Code("net"), Code("path"), Code(kind))
    kept = tuple(
        path
        for path, parameter in page.spec.parameters().items()
        if not parameter.is_kernel and len(parameter.shape) > 1
    )
    if kept:
        read = replace(read, kwargs=(("kept", kept),))
    yield (
        f"def load_weights(net: {page.network}, path: str) -> tuple[{tree}, {tree}]:",
        '    """Read a file: ``params, state = load_weights(net, path)``."""',
        *page.layout.lines(read, "return ", indent=4),
    )


DIALECT = Dialect(
    "JAX",
    f"{BASE}:Layer",
    {
        "jax.lax": "lax",
        "jax.nn": "nn",
        "jax.nn.initializers": "initializers",
        "jax.numpy": "jnp",
        "jax.random": "random",
    },
    functions,
    first_weights,
    ("build", "net", "init", "apply"),
    written={f"{SUPPORT}.graph:wires": FORWARD},
    use="{}()",
    last=last,
)
WITH_WEIGHTS = replace(
    DIALECT,
    functions=functions_and_weights,
    reserved=(*DIALECT.reserved, "load_weights"),
)
text = Texts("jax", source, listing)
