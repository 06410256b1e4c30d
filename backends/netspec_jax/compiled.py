"""What is compiled of a model: its forward pass, and a whole step. Compiled functions
are kept for the models that were used last.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax

from netspec_jax.model import Apply
from netspec_jax.modes import Options
from netspec_jax.support import Tree


@lru_cache(maxsize=16)
def forward_of(apply: Apply, train: bool, options: Options) -> Callable[..., Any]:
    def forward(params: Tree, state: Tree, x: jax.Array, key: Any) -> Any:
        return apply(params, state, x, train=train, key=key)

    return jax.jit(forward, compiler_options=dict(options))


@lru_cache(maxsize=16)
def step_of(
    apply: Apply, train: bool, floats: bool, options: Options
) -> Callable[..., Any]:
    def step(params: Tree, state: Tree, x: jax.Array, cotangent: Any, key: Any) -> Any:
        def forward(params: Tree, batch: jax.Array = x) -> Any:
            return apply(params, state, batch, train=train, key=key)

        inputs = (params, x) if floats else (params,)
        y, pullback, state_after = jax.vjp(forward, *inputs, has_aux=True)
        return y, pullback(cotangent), state_after

    return jax.jit(step, compiler_options=dict(options))
