"""Specs as programs, and as source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from netspec.errors import BackendError
from netspec.program import Call, Items, Program, call
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
from netspec_keras._graph import GRAPH
from netspec_keras._lowering import OURS, SUPPORT, Context, home, steps
from netspec_keras._variables import groups


def program(spec: Spec, named: bool = False) -> Program:
    """Make the calls that construct the `keras.Sequential` of a spec, whose layers draw
    their first weights themselves.

    Args:
        spec: the model.
        named: whether every layer gets a name, and not only those that have one.

    Raises:
        BackendError: Keras cannot represent a layer of the spec, or draw from a
            distribution.
    """
    if spec.ties:
        path, owner = next(iter(spec.ties.items()))
        raise BackendError(
            f"{path}: is tied to {owner}; a variable of Keras belongs to one layer."
            " Leave the tie out of the spec, or use the torch, gluon or jax backend"
        )
    made = steps(spec.graph, Context(plan(spec.graph), named))
    return Program(call("keras:Sequential", Items((_input(spec), *made))), ())


def _input(spec: Spec) -> Call:
    kind = {"dtype": "int32"} if spec.input_dtype == "int" else {}
    return call("keras:Input", spec.input_shape, **kind)


def source(spec: Spec, weights: bool = False) -> str:
    """Print the program of a spec as a Python file that needs only keras.

    Args:
        spec: the model.
        weights: also define ``load_weights(net, path)``.

    Raises:
        BackendError: `program` raises it, or the source of a user's layer is missing.
    """
    dialect = WITH_WEIGHTS if weights else DIALECT
    carried = _carried(spec)
    return render(spec, program(spec), dialect, dtype="float32", carried=carried)


def listing(spec: Spec) -> Listing:
    """List the text of `source` layer by layer.

    Raises:
        BackendError: `source` raises it.
    """
    made = program(spec)
    return list_layers(spec, made, DIALECT, dtype="float32", carried=_carried(spec))


def _carried(spec: Spec) -> frozenset[str]:
    # The package of a user's lowering need not be installed where the file runs
    return frozenset({home(node.layer) for node in spec.graph.walk()} | {OURS})


def build(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of ``build()``, which makes the network."""
    yield from block_functions(page, "keras.layers:Layer")
    yield (
        f"def build() -> {page.network}:",
        f'    """Make the network: {signature(page)}."""',
        *page.layout.lines(page.program.modules, "return ", indent=4, explode=True),
    )


def build_and_load(page: Page) -> Iterator[Iterable[str]]:
    """Yield the lines of ``build()``, then those of ``load_weights(net, path)``."""
    yield from build(page)
    names = tuple(g[0] if len(g) == 1 else g for g in groups(page.spec))
    read = call(f"{OURS}._weights:read_weights", Code("net"), Code("path"), names)
    yield (
        f"def load_weights(net: {page.network}, path: str) -> None:",
        '    """Read a safetensors file: ``load_weights(net, path)``."""',
        *page.layout.lines(read, indent=4),
    )


def no_statements(page: Page) -> Iterator[str]:
    """Yield nothing: layers draw their first weights when they are built."""
    return iter(())


DIALECT = Dialect(
    "Keras",
    "keras:Sequential",
    {
        "keras": "keras",
        "keras.layers": "layers",
        "keras.ops": "ops",
        "keras.initializers": "initializers",
    },
    build,
    no_statements,
    ("build",),
    written={f"{SUPPORT}.graph:Graph": GRAPH},
)
WITH_WEIGHTS = replace(
    DIALECT, functions=build_and_load, reserved=("build", "load_weights")
)
