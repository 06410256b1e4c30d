"""Run an exported file without netspec; the script of `KerasBackend.observer`."""

from __future__ import annotations

import random
from typing import Any

import keras
import numpy as np


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
            the file does, and to return them, too: first, and after the step.
        x: inputs, batch axis first.
        cotangent: gradient with respect to the output.
        seed: of first weights and of dropout; below 2^31.

    Returns:
        The outputs ``evaluation``, ``training`` and ``afterwards`` and, if x is not of
        integers, the ``gradient`` with respect to x.
    """
    random.seed(seed)
    net = module["build"]()
    if weights is not None:
        module["load_weights"](net, weights)
    drawn = {f"first {i}": _array(v) for i, v in enumerate(net.weights)}
    generators = [v for v in net.variables if v.name == "seed_generator_state"]
    states = np.random.SeedSequence(seed).generate_state(len(generators)) >> 1
    for variable, own in zip(generators, states, strict=True):
        variable.assign(np.array([own, 0]))
    run = _on_torch if keras.backend.backend() == "torch" else _on_jax
    seen = run(net, x, cotangent, seed)
    if weights is None:
        seen |= drawn | {f"after {i}": _array(v) for i, v in enumerate(net.weights)}
    return seen


def _array(variable: Any) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(variable.value))


def _on_jax(
    net: Any, x: np.ndarray, cotangent: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    import jax
    import jax.numpy as jnp

    trained = [v.value for v in net.trainable_variables]
    others = [v.value for v in net.non_trainable_variables]
    floats, batch = x.dtype.kind == "f", jnp.asarray(x)

    def apply(trained: Any, batch: Any = batch) -> Any:
        return net.stateless_call(trained, others, batch, training=True)

    before, _ = net.stateless_call(trained, others, batch, training=False)
    inputs = (trained, batch) if floats else (trained,)
    y, pullback, after = jax.vjp(apply, *inputs, has_aux=True)
    grads = pullback(jnp.asarray(cotangent))
    later, _ = net.stateless_call(trained, after, batch, training=False)
    for variable, value in zip(net.non_trainable_variables, after, strict=True):
        variable.assign(value)
    seen = {"evaluation": before, "training": y, "afterwards": later}
    seen |= {"gradient": grads[1]} if floats else {}
    return {name: np.asarray(array) for name, array in seen.items()}


def _on_torch(
    net: Any, x: np.ndarray, cotangent: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    import torch

    torch.manual_seed(seed)
    batch = keras.ops.convert_to_tensor(x)
    with torch.no_grad():
        before = net(batch, training=False)
    floats = x.dtype.kind == "f"
    y = net(batch.requires_grad_(floats), training=True)
    wanted = [v.value for v in net.trainable_variables] + [batch] * floats
    seen = {"evaluation": before, "training": y}
    if wanted:
        own = keras.ops.convert_to_tensor(cotangent)
        grads = torch.autograd.grad(y, wanted, own, materialize_grads=True)
        seen |= {"gradient": grads[-1]} if floats else {}
    with torch.no_grad():
        seen["afterwards"] = net(batch.detach(), training=False)
    return {name: tensor.detach().numpy() for name, tensor in seen.items()}
