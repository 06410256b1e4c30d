"""Run an exported file without netspec; the script of `TorchBackend.observer`."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def observe(
    module: dict[str, Any],
    weights: str | None,
    x: np.ndarray,
    cotangent: np.ndarray,
    seed: int,
) -> dict[str, np.ndarray]:
    """Run a net in evaluation mode, for one training step, and in evaluation again.

    Args:
        module: the names that the exported file defines.
        weights: path of the safetensors file with the parameters. None to draw them as
            the file does, and to return them, too: first, after the step, and their
            gradients.
        x: inputs, batch axis first.
        cotangent: gradient with respect to the output.
        seed: of first weights and of dropout; below 2^31.

    Returns:
        The outputs ``evaluation``, ``training`` and ``afterwards`` and, if x is not of
        integers, the ``gradient`` with respect to x.
    """
    torch.manual_seed(seed)
    net = module["build"]()
    if weights is None:
        module["initialize"](net)
    else:
        module["load_weights"](net, weights)
    first = {f"first {name}": t.clone() for name, t in net.state_dict().items()}
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
    seen = {"evaluation": before, "training": trained, "afterwards": after}
    if floats and batch.grad is not None:
        seen["gradient"] = batch.grad
    if weights is None:
        held, learned = net.state_dict().items(), net.named_parameters()
        seen |= first | {f"after {name}": t for name, t in held}
        seen |= {f"grad {n}": p.grad for n, p in learned if p.grad is not None}
    return {name: tensor.detach().numpy() for name, tensor in seen.items()}
