"""The nets for sequences, written by hand in JAX for the parameters of the compiled
nets.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array, lax, nn

from benchmarks.jax_nets import Arrays, Tree, dense
from benchmarks.sequence_nets import CHANNELS, HEADS


def gpt_block(
    params: Tree, state: Tree, x: Array, train: bool = False
) -> tuple[Array, Tree]:
    first, second = params["0"]["body"], params["1"]["body"]
    x = x + attend(first["1"], layer_norm(first["0"], x))
    y = nn.gelu(dense(second["1"], layer_norm(second["0"], x)))
    return x + dense(second["3"], y), state


def layer_norm(params: Arrays, x: Array) -> Array:
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(var + 1e-5) * params["weight"] + params["bias"]


def attend(params: Tree, x: Array) -> Array:
    by_head = (*x.shape[:2], HEADS, -1)
    q, k, v = (
        dense(params[name], x).reshape(by_head) for name in ("query", "key", "value")
    )
    y = nn.dot_product_attention(q, k, v, is_causal=True)
    return dense(params["output"], y.reshape(x.shape))


def lstm(
    params: Tree, state: Tree, x: Array, train: bool = False
) -> tuple[Array, Tree]:
    own = params["0"]
    biases = own["bias_ih_l0"] + own["bias_hh_l0"]
    gates = x.swapaxes(0, 1) @ own["weight_ih_l0"].T + biases

    def step(carry: tuple[Array, Array], a: Array) -> tuple[tuple[Array, Array], Array]:
        h, c = carry
        i, f, g, o = jnp.split(a + h @ own["weight_hh_l0"].T, 4, axis=1)
        c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
        h = nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    start = jnp.zeros((len(x), CHANNELS), x.dtype)
    _, y = lax.scan(step, (start, start), gates)
    return y.swapaxes(0, 1), state


BY_HAND = {"GPT block": gpt_block, "LSTM": lstm}
