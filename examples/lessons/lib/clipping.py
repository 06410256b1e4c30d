"""Gradient clipping by the global norm, with each framework's own function.

All scale the gradients so that their norm n becomes c where it is larger, by
``c / (n + eps)``, each with an eps of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import netspec
from netspec.contract import Array

Arrays = list[Array]


def norm(gradients: Arrays) -> float:
    """Return the 2-norm of all values together, in float64."""
    return float(
        np.linalg.norm(np.concatenate([g.ravel() for g in gradients], dtype=float))
    )


def clip_torch(gradients: Arrays, largest: float) -> Arrays:
    """Clip by PyTorch's `clip_grad_norm_`."""
    import torch

    parameters = [torch.nn.Parameter(torch.zeros(g.shape)) for g in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = torch.from_numpy(gradient.copy())
    torch.nn.utils.clip_grad_norm_(parameters, largest)
    return [np.asarray(parameter.grad) for parameter in parameters]


def clip_gluon(gradients: Arrays, largest: float) -> Arrays:
    """Clip by Gluon's `clip_global_norm`."""
    netspec.backend("gluon")  # without it, MXNet cannot be imported
    import mxnet as mx

    arrays = [mx.nd.array(gradient) for gradient in gradients]
    mx.gluon.utils.clip_global_norm(arrays, largest)
    return [np.asarray(array.asnumpy()) for array in arrays]


def clip_jax(gradients: Arrays, largest: float) -> Arrays:
    """Clip by Optax's `clip_by_global_norm`."""
    import optax

    clip: Any = optax.clip_by_global_norm(largest)
    clipped, _ = clip.update([*gradients], clip.init(gradients))
    return [np.asarray(array) for array in clipped]


CLIPS: dict[str, tuple[Callable[[Arrays, float], Arrays], float]] = {
    "torch": (clip_torch, 1e-6),
    "gluon": (clip_gluon, 1e-8),
    "jax": (clip_jax, 0.0),
}
"""By backend: its function and its eps."""
