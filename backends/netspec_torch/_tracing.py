"""Outputs of layers and the gradients with respect to them, recorded by hooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from netspec.contract import Array
from netspec.spec import PlacedChain, Spec
from netspec_torch._arrays import to_array
from netspec_torch._lowering import is_alone

Seen = dict[str, Array]


@contextmanager
def watching(model: nn.Module, spec: Spec) -> Iterator[tuple[Seen, Seen]]:
    """Record a step that is made inside the context: the outputs of all layers by path,
    and the gradients with respect to these outputs.
    """
    outputs: Seen = {}
    grads: Seen = {}

    def keep(path: str, output: Tensor) -> Tensor:
        outputs[path] = to_array(output)
        grads[path] = np.zeros_like(outputs[path])  # if no gradient reaches it
        own = output.view_as(output)  # where a layer gives its input, others use that
        if own.requires_grad:
            own.register_hook(lambda grad: grads.update({path: to_array(grad)}))
        return own

    def hook(path: str, module: nn.Module) -> RemovableHandle:
        return module.register_forward_hook(lambda _, __, output: keep(path, output))

    places = dict(_places(spec.graph))
    hooks = [hook(path, model.get_submodule(own)) for path, own in places.items()]
    try:
        yield outputs, grads
    finally:
        for handle in hooks:
            handle.remove()


def _places(chain: PlacedChain) -> Iterator[tuple[str, str]]:
    """Yield the path of each layer, and that of its module."""
    for node in chain.nodes:
        yield node.path, node.path
        for inner in node.branches:
            for path, own in _places(inner):
                alone = is_alone(node, inner)
                yield path, own.rpartition(".")[0] if alone else own
