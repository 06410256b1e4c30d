"""Conversion between NumPy arrays and the tensors of a module."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from netspec.contract import Array, Arrays
from netspec.errors import BackendError, said, shorten
from netspec.spec import Spec


def to_tensor(array: Array, device: Any = None) -> Tensor:
    """Copy an array of any memory layout to a tensor."""
    return torch.tensor(np.ascontiguousarray(array), device=device)


def to_array(tensor: Tensor) -> Array:
    """Copy a tensor on any device to an array."""
    return tensor.detach().to("cpu", copy=True).numpy()


def tensors(model: nn.Module) -> dict[str, Tensor]:
    """Return all parameters and buffers by canonical path, under each of them if there
    are several.
    """
    own = dict(model.named_parameters(remove_duplicate=False))
    return {**own, **dict(model.named_buffers())}


def detached(model: nn.Module) -> dict[str, Tensor]:
    """Return all parameters and buffers by canonical path, for a functional call that
    leaves the model unchanged: buffers, which the call updates, are copies. What has
    several paths has each of them here, so that the call need not look for it.

    Parameters still ask for gradients: `F.linear` has other last bits where they do.
    """
    own: dict[int, Tensor] = {}
    found = {}
    for path, p in model.named_parameters(remove_duplicate=False):
        if id(p) not in own:
            own[id(p)] = p.detach().requires_grad_(p.requires_grad)
        found[path] = own[id(p)]
    for path, buffer in model.named_buffers(remove_duplicate=False):
        if id(buffer) not in own:
            own[id(buffer)] = buffer.detach().clone()
        found[path] = own[id(buffer)]
    return found


def find(model: nn.Module, path: str) -> Tensor:
    """Find the parameter or buffer at a canonical path."""
    owner, _, name = path.rpartition(".")
    tensor: Tensor = getattr(model.get_submodule(owner), name)
    return tensor


def share(model: nn.Module, path: str, owner: str) -> None:
    """Put the parameter at the path `owner` in the place of that at `path`."""
    module, _, name = path.rpartition(".")
    setattr(model.get_submodule(module), name, find(model, owner))


@torch.no_grad()
def fill(model: nn.Module, params: Arrays) -> None:
    """Copy arrays into the parameters and buffers at their paths."""
    held = tensors(model)
    for path, array in params.items():
        plain = np.require(array, requirements=["C", "W"])  # from_numpy needs both
        held[path].copy_(torch.from_numpy(plain))


def check_names(spec: Spec, model: nn.Module) -> None:
    """Refuse a model of another spec, and a module of a user's layer whose parameters
    are not those that the layer declares.

    Raises:
        BackendError: names the first path that differs.
    """
    declared = {path: p.shape for path, p in spec.parameters().items()}
    own = _owned(spec, model)
    every = own | dict(model.named_buffers())
    held = {path: tuple(tensor.shape) for path, tensor in every.items()}
    for path in {**declared, **own}:
        if declared.get(path) != held.get(path):
            raise BackendError(
                f"{path}: the spec has a parameter of shape {declared.get(path)}, the"
                f" model one of shape {held.get(path)}; give the model's own spec, or"
                " make what the layer declares agree with its module"
            )


def _owned(spec: Spec, model: nn.Module) -> dict[str, Tensor]:
    """Return each parameter of a model once, under the path of its owner."""
    own: dict[str, Tensor] = dict(model.named_parameters())
    whole = tensors(model)
    for path, owner in spec.ties.items():
        if path not in whole or whole[path] is not whole.get(owner):
            raise BackendError(
                f"{path}: the spec ties it to {owner}, the model does not; give the"
                " model's own spec"
            )
        own[owner] = own.pop(path, whole[owner])  # PyTorch names what comes first
    return own


def to_device(device: Any) -> torch.device | None:
    """Find the torch device that ``"cpu"``, ``"gpu"``, ``"gpu:1"`` or an object names.

    Raises:
        BackendError: the device is missing, or PyTorch knows no such device.
    """
    if device is None:
        return None
    name = device.replace("gpu", "cuda", 1) if isinstance(device, str) else device
    try:
        found = torch.empty(0, device=name).device
    except (RuntimeError, AssertionError, TypeError) as error:
        reason = said(error, first_line=True)
        raise BackendError(
            f"device {shorten(device)} cannot be used: {reason}; use 'cpu', or 'gpu'"
            " where PyTorch finds one"
        ) from error
    if found.type == "meta":
        raise BackendError("device 'meta' holds no numbers; use 'cpu' or 'gpu'")
    return found
