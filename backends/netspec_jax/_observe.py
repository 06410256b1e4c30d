"""Run an exported file without netspec; the script of `JaxBackend.observer`."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

try:
    from jax import enable_x64
except ImportError:  # before jax 0.8
    from jax.experimental import enable_x64  # type: ignore[attr-defined, no-redef]


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
        weights: path of the safetensors file with the parameters. None to return the
            programs that JAX makes of the file's functions, and of how it draws them,
            in place of what they compute: equal programs give equal bits, and none is
            compiled.
        x: inputs, batch axis first.
        cotangent: gradient with respect to the output.
        seed: of first weights and of dropout; below 2^31.

    Returns:
        The outputs ``evaluation``, ``training`` and ``afterwards`` and, if x is not of
        integers, the ``gradient`` with respect to x.
    """
    if weights is None:
        return _programs(module["init"], module["apply"], x, jax.random.key(seed))
    apply, floats = module["apply"], x.dtype.kind == "f"

    @jax.jit
    def evaluate(params: Any, state: Any, x: Any) -> Any:
        return apply(params, state, x)  # all of it: what is left out is compiled away

    @jax.jit
    def step(params: Any, state: Any, x: Any, cotangent: Any, key: Any) -> Any:
        def forward(params: Any, batch: Any = x) -> Any:
            return apply(params, state, batch, train=True, key=key)

        inputs = (params, x) if floats else (params,)
        y, pullback, after = jax.vjp(forward, *inputs, has_aux=True)
        return y, pullback(cotangent), after

    wide = cotangent.dtype == np.float64
    with enable_x64(wide), jax.default_matmul_precision("highest"):
        params, state = module["load_weights"](module["net"], weights)
        key = jax.random.fold_in(jax.random.key(seed), 0)  # as the backend makes it
        before, _ = evaluate(params, state, x)
        trained, grads, after = step(params, state, x, cotangent, key)
        seen = {"evaluation": before, "training": trained}
        seen["afterwards"], _ = evaluate(params, after, x)
        if floats:
            seen["gradient"] = grads[1]
        return {name: np.asarray(array) for name, array in seen.items()}


def _programs(
    init: Any, apply: Any, x: np.ndarray, key: jax.Array
) -> dict[str, np.ndarray]:
    def train(params: Any, state: Any, x: Any, key: Any) -> Any:
        return apply(params, state, x, train=True, key=key)

    trees = jax.eval_shape(init, key)
    traced = {
        "init": jax.make_jaxpr(init)(key),
        "apply": jax.make_jaxpr(apply)(*trees, x),
        "train": jax.make_jaxpr(train)(*trees, x, key),
    }
    return {name: np.array(f"{p}\n{p.consts}") for name, p in traced.items()}
