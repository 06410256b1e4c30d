"""Compiled functions of models: the forward pass, and a whole step. They are kept for
the options that were used last.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
from flax import nnx

from netspec_flax._model import Parts, together
from netspec_jax import Options


@lru_cache(maxsize=16)
def forward_of(options: Options) -> Callable[..., Any]:
    """Return the compiled forward pass, of a graph, a mode, and arrays."""

    def forward(graph: Any, train: bool, arrays: Any, x: Any, key: Any) -> Any:
        return together(Parts(graph, *arrays), train, key)(x)

    return jax.jit(forward, static_argnums=(0, 1), compiler_options=dict(options))


@lru_cache(maxsize=16)
def step_of(options: Options) -> Callable[..., Any]:
    """Return a compiled step: output, gradients and running statistics."""

    def step(
        graph: Any,
        train: bool,
        floats: bool,
        arrays: Any,
        x: Any,
        cotangent: Any,
        key: Any,
    ) -> Any:
        params, *others = arrays

        def forward(params: Any, batch: Any = x) -> Any:
            net = together(Parts(graph, params, *others), train, key)
            y = net(batch)
            return y, nnx.state(net, nnx.BatchStat)

        inputs = (params, x) if floats else (params,)
        y, pullback, after = jax.vjp(forward, *inputs, has_aux=True)
        return y, pullback(cotangent), after

    static = (0, 1, 2)
    return jax.jit(step, static_argnums=static, compiler_options=dict(options))
