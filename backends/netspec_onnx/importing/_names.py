"""Paths of the modules whose code has the operations, as exporters keep them."""

from __future__ import annotations

import ast
import re

from onnx import NodeProto

SCOPES = "pkg.torch.onnx.name_scopes"


def module_of(node: NodeProto) -> str:
    """Return the dotted path of the module that has a node: as PyTorch's exporters
    write it, or a name for the node alone.
    """
    held = {one.key: one.value for one in node.metadata_props}
    if SCOPES in held:
        return _scoped(held[SCOPES])
    if node.name.startswith("/"):
        return _nested(node.name)
    return re.sub(r"\W+", "_", node.name or next(iter(node.output), "")).strip("_")


def _scoped(text: str) -> str:
    """Read ``['', 'layer1', 'layer1.0', 'relu']``, of which the last is the node."""
    try:
        scopes = ast.literal_eval(text)
        return str(scopes[-2]) if len(scopes) > 1 else ""
    except (ValueError, SyntaxError, TypeError, KeyError):
        return ""


def _nested(name: str) -> str:
    """Read ``/layer1/layer1.0/conv/Conv``, of which the last is the node; a component
    repeats the one before it where a list or a Sequential holds it.
    """
    path: list[str] = []
    before = ""
    for component in name.strip("/").split("/")[:-1]:
        inside = f"{before}."
        repeats = bool(before) and component.startswith(inside)
        path.append(component.removeprefix(inside) if repeats else component)
        before = component
    return ".".join(path)
