"""What an exported graph says of a node."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, fx, nn

from netspec_torch.importing._values import Sizes


def sizes(node: fx.Node) -> Sizes:
    """Return the sizes of the tensor that a node gives; none for another value."""
    found = node.meta.get("val")
    return tuple(int(n) for n in found.shape) if isinstance(found, Tensor) else ()


def storage(node: fx.Node) -> int | None:
    """Return what identifies the memory of the tensor that a node gives."""
    found = node.meta.get("val")
    if not isinstance(found, Tensor):
        return None
    return int(found.untyped_storage()._cdata)


def same_tensor(one: fx.Node, other: fx.Node) -> bool:
    """Tell whether two nodes are two names of one tensor."""
    memory = storage(one)
    return (
        memory is not None and memory == storage(other) and sizes(one) == sizes(other)
    )


def overload(node: fx.Node) -> Any:
    """Return the operation of PyTorch that a node calls; None if it is none."""
    found = node.target
    return found if isinstance(found, torch._ops.OpOverload) else None


def operation(node: fx.Node) -> str:
    """Return the name of an operation, without overload and the mark of one that works
    in place.
    """
    found = overload(node)
    if found is None:
        return str(getattr(node.target, "__name__", node.target))
    name = str(found._schema.name).replace("::", ".")
    return name.removesuffix("_") if found._schema.is_mutable else name


def stack(node: fx.Node) -> dict[str, tuple[str, Any]]:
    """Return the calls of modules that a node is in, outermost first: by a key of the
    call, the path of the module and its class.
    """
    found = node.meta.get("nn_module_stack", {})
    return {
        key: (str(path).partition("@")[0], kind) for key, (path, kind) in found.items()
    }


def module_path(node: fx.Node) -> str:
    """Return the dotted path of the module whose code has a node."""
    return next((path for path, _ in reversed(stack(node).values())), "")


def find(module: nn.Module, path: str) -> Any:
    """Return what a module holds at a dotted path; None if nothing."""
    found: Any = module
    for component in path.split(".") if path else ():
        found = getattr(found, component, None)
    return found
