"""What a layer is stands on the layer: nobody else asks for its class."""

from __future__ import annotations

import importlib
import re
from functools import cache
from textwrap import indent
from types import UnionType

import pytest

from netspec.layers import Container, Layer, Parametric
from tests.architecture.imports import modules, text_of
from tests.architecture.mentions import mentions

# Where layers are declared, computed, lowered and read
ALLOWED = re.compile(
    r"netspec(\.reference|\.importing\.symbols)?\.layers(\..+)?"
    r"|netspec_\w+(\.importing)?\.(layers|support)(\..+)?"
)
BASES = {Layer, Container, Parametric}


@cache
def names_of_layers() -> set[str]:
    """Classes of layers, bases of some of them, and unions."""
    rooms = [module for module in modules() if module.startswith("netspec.layers._")]
    held = {
        name: value
        for room in rooms
        for name, value in vars(importlib.import_module(room)).items()
    }
    return {name for name, value in held.items() if is_of_layers(value)}


def is_of_layers(value: object) -> bool:
    if isinstance(value, UnionType):
        return all(is_of_layers(part) for part in value.__args__)
    return isinstance(value, type) and issubclass(value, Layer) and value not in BASES


OUTSIDE = [module for module in modules() if not ALLOWED.fullmatch(module)]


@pytest.mark.parametrize("module", OUTSIDE)
def test_nobody_asks_for_the_class_of_a_layer(module: str) -> None:
    found = [
        f"{module}:{line} names {name} by {how}"
        for line, name, how in mentions(text_of(module), names_of_layers())
    ]
    assert not found, "state it as a fact on the layer: " + ", ".join(found)


def test_they_may_be_named_only_in_these_rooms() -> None:
    inside = {m for m in modules() if ALLOWED.fullmatch(m)}
    rooms = {re.sub(r"(layers|support).*", r"\1", module) for module in inside}
    frameworks = ("torch", "gluon", "jax", "flax", "keras")
    backends = [f"netspec_{name}" for name in frameworks]
    lowered = {f"{name}.{room}" for name in backends for room in ("layers", "support")}
    lowered.add("netspec_onnx.layers")
    readers = ("netspec_torch.importing", "netspec_onnx.importing")
    read = {f"{reader}.layers" for reader in (*readers, "netspec.importing.symbols")}
    declared = {"netspec.layers", "netspec.reference.layers"}
    assert rooms == {*declared, *lowered, *read}


IMPORTS = {
    "from netspec import Dense": "Dense",
    "from netspec import Dense as D": "D",
    "from netspec import *": "Dense",
    "import netspec": "netspec.Dense",
    "import netspec as ns": "ns.Dense",
    "import netspec.layers": "netspec.layers.Dense",
    "import netspec.layers as nl": "nl.Dense",
    "from netspec import layers": "layers.Dense",
    "from netspec import layers as L": "L.Dense",
    "from netspec.layers import Dense": "Dense",
    "from netspec.layers import *": "Dense",
    "from netspec.layers._dense import Dense": "Dense",
    "from netspec.layers import _dense": "_dense.Dense",
    "from ..layers import Dense": "Dense",
    "from . import layers": "layers.Dense",
    "from netspec_torch._lowering import L": "L.Dense",
    "import netspec_torch as t": "t.layers._dense.L.Dense",
    "nl = import_module('netspec.layers')": "nl.Dense",
    "import torch as L; from netspec import layers as L": "L.Dense",
    "import torch as L; L = netspec.layers": "L.Dense",
}

QUESTIONS = (
    "isinstance(layer, {})",
    "issubclass(kind, (int, {}))",
    "type(layer) is {}",
    "type(layer) in ({}, int)",
    "{} in type(layer).__mro__",
    "KINDS = ({}, int)",
    "TABLE = {{{}: 1}}",
    "kind = {}",
    "f.register({})",
    "f.register({}, g)",
    "f.dispatch({})",
    "f.registry[{}]",
    "@f.register\ndef _(layer: {}): ...",
    "@f.register\ndef _(layer: {} | int): ...",
    "@f.register\ndef _(layer: '{}'): ...",
    "@f.register({})\ndef _(layer): ...",
    "def g(layer: {}): ...",
    "def g() -> {}: ...",
    "class Mine({}): ...",
    "match layer:\n    case {}(): ...",
    "match layer:\n    case {}(units=3): ...",
    "match layers:\n    case [{}(), *_]: ...",
    "type({}(3)) is type(layer)",
    "{}(3).__class__",
    "layer == {}(3)",
    "layer in [{}(3), {}(4)]",
    "made = {}(3)\nlayer == made",
    "made = {}(3)\ntype(made)",
    "{}.__name__",
)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("imported", IMPORTS)
def test_a_question_is_found(imported: str, question: str) -> None:
    asked = question.format(*[IMPORTS[imported]] * 2)
    whole = f"{imported}\n{asked}"
    late = f"def function():\n{indent(whole, '    ')}"
    for source in (whole, late):
        found = mentions(source, names_of_layers())
        assert {mention.name for mention in found} == {"Dense"}


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("type(layer).__name__ == 'Dense'", "Dense"),
        ("type(layer).__name__ in ('Dense', 'x')", "Dense"),
        ("TABLE = {'Dense': 1}", "Dense"),
        ("SCALARS = {('BatchNorm', 'decay')}", "BatchNorm"),
        ("LAYERS['Dense']", "Dense"),
        ("getattr(netspec, 'Dense')", "Dense"),
        ("NAMES = 'Dense'.split()", "Dense"),
        ("PATTERN = 'ReLU|ReLU'", "ReLU"),
        ("repr(layer).startswith('Dense(')", "Dense"),
        ("name.startswith('GroupN')", "GroupNorm"),
        ("getattr(import_module('netspec'), 'Dense')", "Dense"),
        ("'GroupNo' in name", "GroupNorm"),
        ("re.match(r'GroupN.*', name)", "GroupNorm"),
        ("match name:\n    case 'Dense': ...", "Dense"),
        ("f: 'nl.Dense'", "Dense"),
    ],
)
def test_a_name_in_a_string_is_found(source: str, named: str) -> None:
    found = mentions(source, names_of_layers())
    assert {mention.name for mention in found} == {named}


def test_bases_and_unions_of_layers_count() -> None:
    names = names_of_layers()
    assert {"Dense", "Elementwise", "GlobalPool", "Pool", "Conv"} <= names
    assert not {"Layer", "Container", "Parametric", "Chain"} & names


@pytest.mark.parametrize(
    "source",
    [
        "from netspec import Dense",
        "from netspec.layers._dense import Dense as Dense",
        "from netspec import Dense\nnet = [Dense(3), *[Dense(n) for n in sizes]]",
        "import netspec as ns\nns.Spec('net', (3,), [ns.Dense(4)])",
        "import netspec as ns\nns.Dense(3).output_shape((4,))",
        "from netspec import Layer\nisinstance(layer, Layer)",
        "from mxnet.gluon import nn\nisinstance(block, nn.Dense)",
        "from torch.nn import Identity\nisinstance(module, Identity)",
        "import torch\nisinstance(module, torch.nn.Identity)",
        "'''Dense'''",
        "raise ValueError('use a Reshape before it')",
        "print(f'{name} Dense')",
        "call('torch.nn:Dropout', 0.5)",
    ],
)
def test_what_is_no_question_is_not_found(source: str) -> None:
    assert mentions(source, names_of_layers()) == []
