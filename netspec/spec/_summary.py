"""The table of a spec: layer, output shape, parameters, initial standard deviation."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from netspec.declare import fields_of
from netspec.layers import Container, Layer, Shape
from netspec.spec._placed import Placed, PlacedChain

HEADERS = ("path", "layer", "output shape", "parameters", "initial std")


class SummaryRow(NamedTuple):
    """One line of the table, as text."""

    path: str
    layer: str
    shape: str
    parameters: str
    std: str


def rows(graph: PlacedChain) -> list[SummaryRow]:
    """Return one row for each layer, containers before their content."""
    return [_row(node) for node in graph.walk()]


def total(graph: PlacedChain) -> tuple[int, int]:
    """Count the values of trainable parameters and those of running statistics."""
    held = [p for node in graph.walk() for p in node.own.values()]
    trainable = sum(p.size for p in held if p.trainable)
    return trainable, sum(p.size for p in held) - trainable


def _row(node: Placed) -> SummaryRow:
    size = sum(p.size for p in node.own.values() if p.trainable)
    return SummaryRow(
        node.path,
        _labelled(node),
        shape_text(node.output_shape),
        f"{size:,}" if size else "",
        _std(node),
    )


def _labelled(node: Placed) -> str:
    ties = (f", {name} = {owner}" for name, owner in node.tied.items())
    return label(node.layer) + "".join(ties)


def label(layer: Layer) -> str:
    """Write a layer with its fields that differ from their defaults, without name and
    init; a container as its type and the numbers that it must be given.
    """
    inside = isinstance(layer, Container)
    shown = [
        f"{name}={value}" if index else f"{value}"
        for index, (name, field) in enumerate(fields_of(type(layer)).items())
        if name not in layer.trailing
        and (value := getattr(layer, name)) != field.default
        and not (inside and not (field.required and isinstance(value, int | float)))
    ]
    return (
        f"{type(layer).__name__}({', '.join(shown)})" if shown else type(layer).__name__
    )


def shape_text(shape: Shape) -> str:
    """Write a shape as text: ``(3, 5)`` as ``3 x 5``, ``()`` as ``scalar``."""
    return " x ".join(map(str, shape)) or "scalar"


def _std(node: Placed) -> str:
    parameter = node.own.get("weight")
    return f"{parameter.law.std:.4g}" if parameter else ""


def title(name: str, input_shape: Shape) -> str:
    """Write the line above the table: the name of the model and its input shape."""
    return f"{name}: input {shape_text(input_shape)}"


def footer(graph: PlacedChain) -> str:
    """Write the line below the table: the total number of parameters."""
    trainable, running = total(graph)
    text = f"{trainable:,} trainable parameters"
    return f"{text}, {running:,} running statistics" if running else text


def render_text(name: str, input_shape: Shape, graph: PlacedChain) -> str:
    """Write the table in plain text."""
    table = [HEADERS, *rows(graph)]
    widths = [max(len(row[i]) for row in table) for i in range(len(HEADERS))]
    lines = [_line(row, widths) for row in table]
    rule = "  ".join("-" * width for width in widths)
    above = title(name, input_shape)
    return "\n".join([above, lines[0], rule, *lines[1:], rule, footer(graph)])


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (
        cell.rjust(width) if index >= 3 else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def render_html(name: str, input_shape: Shape, graph: PlacedChain) -> str:
    """Write the table in HTML, for a notebook."""
    head = "".join(f"<th>{header}</th>" for header in HEADERS)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows(graph)
    )
    caption = f"{escape(title(name, input_shape))}; {footer(graph)}"
    return (
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
