"""Show the nodes of a model layer by layer, as `onnx.printer` writes them."""

from __future__ import annotations

from onnx import ModelProto, printer

from netspec.program.render import Listing
from netspec.spec import Spec


def list_nodes(spec: Spec, model: ModelProto) -> Listing:
    """List the nodes of each layer, by the names that nodes have of their layers."""
    paths = [node.path for node in spec.graph.walk()]
    found: dict[str, list[str]] = {path: [] for path in paths}
    for node in model.graph.node:
        owner = node.name.partition("/")[0]
        if owner in found:
            found[owner].append(printer.to_text(node).strip())
    layers = {path: "\n".join(lines) for path, lines in found.items()}
    return Listing(layers, "")
