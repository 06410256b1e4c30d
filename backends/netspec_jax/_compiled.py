"""Compiled functions of models: the forward pass, and a whole step. They are kept for
the models that were used last.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from netspec.contract import Array, Step
from netspec.spec import Spec
from netspec_jax._arrays import to_arrays
from netspec_jax._by_mode import ByMode
from netspec_jax._lowering import is_own
from netspec_jax._model import Apply, PureModel
from netspec_jax._modes import Options
from netspec_jax.support.base import Tree


@lru_cache(maxsize=16)
def forward_of(apply: Apply, train: bool, options: Options) -> Callable[..., Any]:
    def forward(params: Tree, state: Tree, x: jax.Array, key: Any) -> Any:
        return apply(params, state, x, train=train, key=key)

    return jax.jit(forward, compiler_options=dict(options))


@lru_cache(maxsize=16)
def step_of(
    apply: Apply, floats: bool, options: Options, shared: bool
) -> Callable[..., Any]:
    """Return a function of the mode and the arguments of a step."""

    def make(train: Any) -> Callable[..., Any]:
        def step(
            params: Tree, state: Tree, x: jax.Array, cotangent: Any, key: Any
        ) -> Any:
            def forward(params: Tree, batch: jax.Array = x) -> Any:
                return apply(params, state, batch, train=train, key=key)

            inputs = (params, x) if floats else (params,)
            y, pullback, state_after = jax.vjp(forward, *inputs, has_aux=True)
            return y, pullback(cotangent), state_after

        return jax.jit(step, compiler_options=dict(options))

    return ByMode(make, shared)


def run_step(
    model: PureModel,
    spec: Spec,
    x: Array,
    cotangent: Array,
    train: bool,
    key: Any,
    options: Options,
) -> tuple[jax.Array, tuple[Any, ...], Tree]:
    """Run a compiled step, in a context that computes in the dtype of the model. Return
    the output, the gradients of parameters and of floating-point input, and the state
    after the step.
    """
    own = all(is_own(node.layer) for node in spec.graph.walk())
    run = step_of(model.apply, spec.input_dtype == "float", options, own)
    y, grads, state = run(train, model.params, model.state, x, cotangent, key)
    return y, grads, state


def to_step(spec: Spec, y: jax.Array, grads: tuple[Any, ...], state: Tree) -> Step:
    """Convert the results of a compiled step to arrays in canonical layout."""
    grad_params, *grad_input = grads
    return Step(
        output=np.array(y),
        grad_input=np.array(*grad_input) if grad_input else None,
        grad_params=to_arrays(spec, grad_params),
        state=to_arrays(spec, state),
    )
