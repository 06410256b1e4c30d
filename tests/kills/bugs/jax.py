"""Mistakes that are typical of JAX: layouts, defaults, keys, precision."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from netspec import BatchNorm, Conv2D, Dense, Dropout, Embedding, Flatten, Spec
from netspec import layers as nl
from netspec.declare import Parameter
from tests.kills import bug as planted
from tests.kills.bug import alone
from tests.kills.inject import misread, patched, replaced

bug = partial(planted.bug, backend="jax")
SUPPORT = "netspec_jax.support"
DENSE = alone(Dense(5), (6,))
TABLE = alone(Embedding(11, dim=4), (7,))
PICTURE = Spec("picture", (2, 5, 4), [nl.MaxPool2D(2), Flatten()])
TWO = Spec("two", (6,), [Dropout(0.3), Dropout(0.3)])
STEP = "outputs gradients"


def bfloat16(original: Callable[..., Any], *sizes: int, **drawn: Any) -> Any:
    """Products as TPUs make them unless they are told otherwise."""
    layer = original(*sizes, **drawn)

    def rounded(x: Any) -> Any:
        return x.astype(jnp.bfloat16).astype(x.dtype)

    def apply(params: Any, state: Any, x: Any, mode: Any) -> Any:
        params = {**params, "weight": rounded(params["weight"])}
        return layer.apply(params, state, rounded(x), mode)

    return layer._replace(apply=apply)


def constant(original: Callable[..., Any], *given: Any) -> Any:
    """A misplaced `stop_gradient`."""
    return jax.lax.stop_gradient(original(*given))


def kernel(original: Any, array: Any, parameter: Parameter) -> Any:
    """(width, height, in, out) where it should be (height, width, in, out)."""
    if array.ndim == 4 and parameter.role == "kernel":
        return original(array.swapaxes(2, 3), parameter)
    return original(array, parameter)


def zeros(original: Any, x: Any, ends: Any, **how: Any) -> Any:
    return original(x, ends)


def shared_key(original: Any, mode: Any, index: int) -> Any:
    return mode


BUGS = (
    bug(
        "zeros before a dilated maximum",
        patched("jax.numpy:pad", zeros),
        nl.MaxPool2D(2, stride=1, padding="same", dilation=2),
        STEP,
    ),
    bug(
        "products of bfloat16", patched(f"{SUPPORT}.dense:dense", bfloat16), DENSE, STEP
    ),
    bug(
        "height and width of kernels swapped",
        patched("netspec_jax._arrays:_to_jax", kernel),
        alone(Conv2D(3, kernel_size=3), (2, 5, 4)),
        STEP,
    ),
    bug(
        "Flatten of channels last",
        replaced(f"{SUPPORT}.adapters:channels_first", lambda x: x),
        PICTURE,
        STEP,
        raises=True,
    ),
    bug(
        "no gradient through the statistics of BatchNorm",
        patched(f"{SUPPORT}.normalization:moments", constant),
        alone(BatchNorm(), (6,)),
        "gradients",
    ),
    bug(
        "GELU by its default, tanh",
        misread(approximate=True),
        alone(nl.GELU(), (6,)),
        STEP,
    ),
    bug(
        "float64 that is float32",
        replaced("netspec_jax._backend:computing_in", lambda dtype: nullcontext()),
        DENSE,
        STEP,
        dtypes="float64",
        raises=True,
    ),
    bug(
        "dropout of all layers with one key",
        patched(f"{SUPPORT}.base:Mode.child", shared_key),
        TWO,
        "dropout",
    ),
    bug(
        "an index out of range is clamped",
        replaced("netspec.contract._fit:check_input", lambda *given: None),
        TABLE,
        "errors",
    ),
)
