"""Modules of PyTorch, their imports, and what both compute."""

from __future__ import annotations

import torch
from torch import Tensor, nn

import netspec as ns
from netspec.importing import Imported


def perturbed(module: nn.Module) -> nn.Module:
    """A module none of whose values are those it begins with."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, tensor in (*module.named_parameters(), *module.named_buffers()):
            if tensor.is_floating_point():
                noise = torch.rand(tensor.shape, generator=generator) * 0.2
                tensor.add_(noise if "running_var" in name else noise - 0.1)
    return module


def compiled(found: Imported) -> nn.Sequential:
    net: nn.Sequential = ns.compile(found.spec, "torch", params=found.params)
    return net


def step(module: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """Output, gradients and state of a step in training mode."""
    module.train()
    torch.manual_seed(5)
    made = module(x)
    output: Tensor = next(iter(made.values())) if isinstance(made, dict) else made
    module.zero_grad()
    output.square().sum().backward()
    named = dict(module.named_parameters()).items()
    grads = {name: p.grad for name, p in named if p.grad is not None}
    return {"": output, **grads, **dict(module.named_buffers())}
