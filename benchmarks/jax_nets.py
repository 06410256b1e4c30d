"""The measured nets, written by hand in JAX for the parameters of the compiled nets:
functions from ``(params, state, x, train)`` to the output and the next state.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jax import Array, lax, nn

from benchmarks.nets import BLOCKS

Tree = dict[str, Any]
Arrays = dict[str, Array]


def mlp(params: Tree, state: Tree, x: Array, train: bool = False) -> tuple[Array, Tree]:
    x = dense(params["0"], x)
    x, running = batch_norm(params["1"], state["1"], x, train)
    x = nn.relu(x)
    x = nn.relu(dense(params["3"], x))
    return dense(params["5"], x), {"1": running}


def cnn(params: Tree, state: Tree, x: Array, train: bool = False) -> tuple[Array, Tree]:
    x = x.transpose(0, 2, 3, 1)
    x = conv(params["0"], x)
    x, first = batch_norm(params["1"], state["1"], x, train)
    x = max_pool(nn.relu(x))
    x = conv(params["4"], x)
    x, second = batch_norm(params["5"], state["5"], x, train)
    x = max_pool(nn.relu(x))
    x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)
    return dense(params["9"], x), {"1": first, "5": second}


def residual(
    params: Tree, state: Tree, x: Array, train: bool = False
) -> tuple[Array, Tree]:
    for i in range(BLOCKS):
        x = x + nn.relu(dense(params[str(i)]["body"]["0"], x))
    return dense(params[str(BLOCKS)], x), state


def dense(params: Arrays, x: Array) -> Array:
    return x @ params["weight"] + params["bias"]


def conv(params: Arrays, x: Array) -> Array:
    axes = ("NHWC", "HWIO", "NHWC")
    y = lax.conv_general_dilated(
        x, params["weight"], (1, 1), "SAME", dimension_numbers=axes
    )
    return y + params["bias"]


def max_pool(x: Array) -> Array:
    window = (1, 2, 2, 1)
    y: Array = lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")
    return y


def batch_norm(
    params: Arrays, state: Arrays, x: Array, train: bool
) -> tuple[Array, Arrays]:
    mean, var = state["running_mean"], state["running_var"]
    if train:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axes), x.var(axes)
        state = {
            "running_mean": 0.9 * state["running_mean"] + 0.1 * mean,
            "running_var": 0.9 * state["running_var"] + 0.1 * var,
        }
    x = (x - mean) * lax.rsqrt(var + 1e-5)
    return x * params["weight"] + params["bias"], state


BY_HAND = {"MLP": mlp, "CNN": cnn, "residual MLP": residual}
