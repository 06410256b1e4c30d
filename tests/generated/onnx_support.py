"""The table of what the onnx backend makes of every layer, from the cases of checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import netspec
from netspec.errors import BackendError
from netspec.layers import LAYERS
from netspec.spec import Spec
from tests.generated.support import cases

PAGE = """# Layers as ONNX operators

Written by `make generated`, from the cases that `netspec conform` compares. Models are
of opset {opset}. Every layer below is exact in float32 under onnxruntime, and in
float64 under onnx's reference evaluator, within what rounding explains, as
`tests/conformance` proves case by case. What is refused is marked so in the table.

ONNX holds attributes in float32, in float64 models, too. Fields that are attributes are
named: conformance predicts what that does, and reports it as declared.

| layer | operators | in float32 by the format |
|---|---|---|
{layers}

Where the evaluator itself is wrong, it is repaired for these comparisons; models are
the same.

| operator | what the evaluator of onnx does |
|---|---|
{repairs}
"""


def page(text: str) -> str:
    """The page; where onnx is not installed, as it is."""
    known = netspec.backends().get("onnx")
    if known is None or not known.installed:
        return text
    import netspec_onnx

    found = cases()
    held = {kind: fields_of(kind, netspec_onnx.FLOAT32) for kind in LAYERS}
    layers = (
        f"| `{k}` | {operators(found[k])} | {held[k]} |" for k in LAYERS if k in found
    )
    repairs = (
        f"| {kind.__name__} | {why} |" for kind, why in netspec_onnx.REPAIRS.items()
    )
    return PAGE.format(
        opset=netspec_onnx.OPSET,
        layers="\n".join(layers),
        repairs="\n".join(repairs),
    )


def operators(specs: list[Spec]) -> str:
    """Those that the cases of a layer take; of containers without their content."""
    found = {kind: None for spec in specs for kind in of_case(spec)}
    return " ".join(found) or "none"


def of_case(spec: Spec) -> Iterator[str]:
    import netspec_onnx

    try:
        model: Any = netspec_onnx.backend.compile(spec)
    except BackendError as error:
        yield f"refused: {error};"
        return
    nothing = ("input", "output")
    for node in model.graph.node:
        own = node.name.partition("/")[0] == "0"
        if own and not (node.op_type == "Identity" and {*node.input} <= {*nothing}):
            yield node.op_type


def fields_of(kind: str, held: frozenset[tuple[str, str]]) -> str:
    """The fields of a layer that are attributes."""
    return ", ".join(sorted(f"`{field}`" for layer, field in held if layer == kind))
