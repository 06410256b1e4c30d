"""The table of what every framework calls every layer, from the cases of checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import netspec
from netspec.conformance.cases import single_layers
from netspec.contract import ListingBackend
from netspec.errors import BackendError
from netspec.layers import LAYERS, Container
from netspec.spec import Spec

COLUMNS = {"torch": "PyTorch", "gluon": "Gluon", "jax": "JAX", "flax": "Flax"}
COLUMNS |= {"keras": "Keras"}
PAGE = """# Layers in every framework

Written by `make generated`, from the cases that `netspec conform` compares; those of
ONNX, as operators, have [a page of their own](onnx.md).

Every layer below is exact in every framework, within what rounding explains, as
`tests/conformance` proves case by case: outputs, gradients, running statistics, laws of
dropout and of first weights, training. Keras computes in float32 alone; all others in
float64, too. What is refused is marked so, with its reason.

A name in code type is the framework's own. A name in italics is a definition that an
exported file carries along, where the framework has nothing, or nothing exact, for some
options of the layer; a layer that has both kinds takes its own where that is exact.

| layer | {frameworks} |
|---|{rules}|
{rows}
"""

# Words of calls that name no layer: values, what draws first weights, what moves axes
NOT_LAYERS = re.compile(
    r"^(True|False|None|float|range|for|in|_|math\..*|.*\binit.*|.*Random(Uniform|Normal)"
    r"|rngs|random|(functools\.)?partial|before|elementwise|channels_(first|last)|keras\.Input"
    r"|(nn\.|nnx\.)?[Ss]equential|dtype|n?n?x?\.?float64|jnp\.float(32|64)|glorot_.*)$"
)
WORD = re.compile(r'"[^"]*"|(?<![.\w])[A-Za-z_][\w.]*(?![\w.]*=)')


def cases() -> dict[str, list[Spec]]:
    """The nets of one layer by its type."""
    found: dict[str, list[Spec]] = {}
    for spec in single_layers().values():
        found.setdefault(type(spec.layers[0]).__name__, []).append(spec)
    return found


def page(text: str) -> str:
    """The page; where one of the frameworks is not installed, as it is."""
    known = netspec.backends()
    if not all(name in known and known[name].installed for name in COLUMNS):
        return text
    held = cases()
    rows = (
        f"| `{kind}` | {' | '.join(cell(name, held[kind]) for name in COLUMNS)} |"
        for kind in LAYERS
        if kind in held and not issubclass(LAYERS[kind], Container)
    )
    return PAGE.format(
        frameworks=" | ".join(COLUMNS.values()),
        rules="|".join("---" for _ in COLUMNS),
        rows="\n".join(rows),
    )


def cell(backend: str, specs: Iterable[Spec]) -> str:
    """What a backend makes of the cases of a layer, and what it refuses."""
    made: dict[str, None] = {}
    refused: dict[str, None] = {}
    for spec in specs:
        try:
            made |= dict.fromkeys(names(backend, spec))
        except BackendError as error:
            _, _, why = str(error).partition(": ")
            refused[f"refused: {why}".replace("|", "\\|")] = None
    return "; ".join(filter(None, [" ".join(made), *refused])) or "the value itself"


def names(backend: str, spec: Spec) -> Iterator[str]:
    """Yield what the text of the layer of a case names."""
    own = netspec.backend(backend)
    assert isinstance(own, ListingBackend)
    lines = own.listing(spec).layers["0"].splitlines()
    text = " ".join(line for line in lines if not line.lstrip().startswith("#"))
    for word in WORD.findall(text):
        if not word.startswith('"') and not NOT_LAYERS.match(word):
            yield f"`{word}`" if "." in word else f"*{word}*"
