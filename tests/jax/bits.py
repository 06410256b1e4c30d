"""First weights, outputs, gradients and states of a pair of functions, compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

Functions = tuple[Callable[..., Any], Callable[..., Any]]


def of_file(module: dict[str, Any]) -> Functions:
    return module["init"], module["apply"]


def of_backend(backend: Any, spec: Any, dtype: str) -> Functions:
    model = backend.compile(spec, seed=0, dtype=dtype)
    return model.init, model.apply


def observe(functions: Functions, x: np.ndarray) -> dict[str, np.ndarray]:
    init, apply = functions

    @jax.jit
    def run(x: Any, key: Any) -> Any:
        params, state = init(key)

        def loss(params: Any) -> Any:
            y, after = apply(params, state, x, train=True, key=key)
            return (y**2).sum(), (y, after)

        grads, (y, after) = jax.grad(loss, has_aux=True)(params)
        return params, state, grads, y, after, apply(params, after, x)

    with jax.enable_x64(x.dtype == np.float64):
        seen = run(x, jax.random.key(7))
    leaves, _ = jax.tree_util.tree_flatten_with_path(seen)
    return {jax.tree_util.keystr(path): np.asarray(leaf) for path, leaf in leaves}
