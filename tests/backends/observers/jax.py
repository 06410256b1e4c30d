"""What a pair of functions tells JAX to compute, in every detail: equal programs give
equal bits, and none is compiled.
"""

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

    def train(params: Any, state: Any, x: Any, key: Any) -> Any:
        return apply(params, state, x, train=True, key=key)

    key = jax.random.key(0)
    trees = jax.eval_shape(init, key)
    traced = {
        "init": jax.make_jaxpr(init)(key),
        "apply": jax.make_jaxpr(apply)(*trees, x),
        "train": jax.make_jaxpr(train)(*trees, x, key),
    }
    return {name: np.array(f"{p}\n{p.consts}") for name, p in traced.items()}
