"""``netspec show``: what a spec describes."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import typer

from netspec.cli._options import AsJson, SpecFile
from netspec.cli._tables import print_table
from netspec.init import INITIALIZERS, DrawnParameter
from netspec.spec import (
    HEADERS,
    Spec,
    documents,
    footer,
    load,
    remarks,
    rows,
    title,
    total,
)


def show(spec: SpecFile, json: AsJson = False) -> None:
    """Show the layers of SPEC: output shapes, parameters and their initial std."""
    model = load(spec)
    if json:
        typer.echo(documents.to_json(_document(model)), nl=False)
        return
    typer.echo(f"{title(model.name, model.input_shape)}\n")
    print_table(HEADERS, rows(model.graph), folded=2, right=2)
    typer.echo(f"\n{footer(model.graph)}")
    for remark in remarks(model.graph):
        typer.echo(f"warning: {remark}", err=True)


def _document(spec: Spec) -> dict[str, Any]:
    trainable, running = total(spec.graph)
    return {
        "name": spec.name,
        "digest": spec.digest,
        "input_shape": spec.input_shape,
        "input_dtype": spec.input_dtype,
        "output_shape": spec.output_shape,
        "trainable_parameters": trainable,
        "running_statistics": running,
        "layers": [
            {
                "path": node.path,
                "type": type(node.layer).__name__,
                "output_shape": node.output_shape,
            }
            for node in spec.graph.walk()
        ],
        "parameters": {
            path: _parameter(parameter) for path, parameter in spec.parameters().items()
        },
        "warnings": remarks(spec.graph),
    }


def _parameter(parameter: DrawnParameter) -> dict[str, Any]:
    law = parameter.law
    stated = asdict(parameter) | {"mean": law.mean, "std": law.std}
    low, high = (bound if math.isfinite(bound) else None for bound in law.bounds)
    encoded = INITIALIZERS.encode(parameter.initializer)
    return stated | {"bounds": [low, high], "initializer": encoded}
