"""Run an exported file without netspec; the script of `TorchBackend.observer`."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def observe(
    module: dict[str, Any],
    weights: str,
    x: np.ndarray,
    cotangent: np.ndarray,
    seed: int,
) -> dict[str, np.ndarray]:
    """Run a net in evaluation mode, for one training step, and in evaluation again.

    Args:
        module: the names that the exported file defines.
        weights: path of the safetensors file with the parameters.
        x: inputs, batch axis first.
        cotangent: gradient with respect to the output.
        seed: drives dropout; below 2^31.

    Returns:
        The outputs ``evaluation``, ``training`` and ``afterwards`` and, if x is not of
        integers, the ``gradient`` with respect to x.
    """
    net = module["build"]()
    module["load_weights"](net, weights)
    batch = torch.from_numpy(x)
    with torch.no_grad():
        before = net.eval()(batch)
    floats = batch.is_floating_point()
    torch.manual_seed(seed)
    trained = net.train()(batch.requires_grad_(floats))
    if trained.requires_grad:
        # of a scalar: given a cotangent, backward() would import SymPy
        (trained * torch.from_numpy(cotangent)).sum().backward()
    with torch.no_grad():
        after = net.eval()(batch)
    seen = {"evaluation": before, "training": trained.detach(), "afterwards": after}
    if floats and batch.grad is not None:
        seen["gradient"] = batch.grad
    return {name: tensor.numpy() for name, tensor in seen.items()}
