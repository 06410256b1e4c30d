"""The nets for images and volumes, written by hand in JAX, channels last inside, for
the parameters of the compiled nets.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array, lax, nn

from benchmarks.image_nets import EXPANDED
from benchmarks.jax_nets import Arrays, Tree, batch_norm, dense

IMAGES = ("NHWC", "HWIO", "NHWC")
VOLUMES = ("NDHWC", "DHWIO", "NDHWC")


def conv(params: Arrays, x: Array, padding: int = 1, groups: int = 1) -> Array:
    rank = x.ndim - 2
    y = lax.conv_general_dilated(
        x,
        params["weight"],
        (1,) * rank,
        [(padding, padding)] * rank,
        dimension_numbers=IMAGES if rank == 2 else VOLUMES,
        feature_group_count=groups,
    )
    return y + params["bias"] if "bias" in params else y


def pool(x: Array) -> Array:
    window = (1, *(2,) * (x.ndim - 2), 1)
    y: Array = lax.reduce_window(x, -jnp.inf, lax.max, window, window, "VALID")
    return y


def rise(params: Arrays, x: Array) -> Array:
    y = lax.conv_transpose(
        x,
        params["weight"],
        (2, 2),
        "VALID",
        dimension_numbers=IMAGES,
        transpose_kernel=True,
    )
    return y + params["bias"]


def twice(params: Tree, first: int, x: Array) -> Array:
    """Apply two convolutions, of which the first is this layer."""
    x = nn.relu(conv(params[str(first)], x))
    return nn.relu(conv(params[str(first + 2)], x))


def unet(
    params: Tree, state: Tree, x: Array, train: bool = False
) -> tuple[Array, Tree]:
    outer = params["4"]["1"]
    inner = outer["5"]["1"]
    first = twice(params, 0, x.transpose(0, 2, 3, 1))
    second = twice(outer, 1, pool(first))
    x = rise(inner["5"], twice(inner, 1, pool(second)))
    x = twice(outer, 6, jnp.concatenate([second, x], -1))
    x = jnp.concatenate([first, rise(outer["10"], x)], -1)
    y = conv(params["9"], twice(params, 5, x), padding=0)
    return y.transpose(0, 3, 1, 2), state


def gate(params: Tree, x: Array) -> Array:
    """Squeeze and excite."""
    scale = x.mean((1, 2), keepdims=True)
    scale = nn.relu(conv(params["1"], scale, padding=0))
    return x * nn.hard_sigmoid(conv(params["3"], scale, padding=0))


def mobile_block(
    params: Tree, state: Tree, x: Array, train: bool = False
) -> tuple[Array, Tree]:
    body, before, after = params["0"]["body"], state["0"]["body"], {}
    x = x.transpose(0, 2, 3, 1)
    y, after["1"] = batch_norm(
        body["1"], before["1"], conv(body["0"], x, padding=0), train
    )
    y = conv(body["3"], nn.hard_swish(y), padding=2, groups=EXPANDED)
    y, after["4"] = batch_norm(body["4"], before["4"], y, train)
    y = conv(body["7"], gate(body["6"]["1"], nn.hard_swish(y)), padding=0)
    y, after["8"] = batch_norm(body["8"], before["8"], y, train)
    return (x + y).transpose(0, 3, 1, 2), {"0": {"body": after}}


def volume(
    params: Tree, state: Tree, x: Array, train: bool = False
) -> tuple[Array, Tree]:
    x = x.transpose(0, 2, 3, 4, 1)
    after: Tree = {}
    for index in (0, 4):
        norm = str(index + 1)
        x = conv(params[str(index)], x)
        x, after[norm] = batch_norm(params[norm], state[norm], x, train)
        x = pool(nn.relu(x))
    return dense(params["9"], x.mean((1, 2, 3))), after


BY_HAND = {"U-Net": unet, "MobileNetV3 block": mobile_block, "3-D net": volume}
