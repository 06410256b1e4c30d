"""Mistakes that are typical of Flax: defaults, layouts, modes and random numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import jax.numpy as jnp
from flax import nnx

from netspec import BatchNorm, Conv2D, Dense, Dropout, Spec
from netspec import layers as nl
from netspec_flax import _compiled, _model
from tests.kills import bug as planted
from tests.kills.bug import Inject, alone
from tests.kills.inject import Patched, misread

bug = partial(planted.bug, backend="flax")
SUPPORT = "netspec_flax.support"
TWO = Spec("two", (6,), [Dropout(0.3), Dropout(0.3)])
STEP = "outputs gradients"


class Retraced(Patched):
    """What was traced before, or is traced here, is not used elsewhere."""

    @contextmanager
    def swapped(self) -> Iterator[Any]:
        forget()
        try:
            with super().swapped() as inner:
                yield inner
        finally:
            forget()


def forget() -> None:
    for kept in (_model.skeleton, _compiled.forward_of, _compiled.step_of):
        kept.cache_clear()


def patched(target: str, wrong: Callable[..., Any]) -> Inject:
    """See `tests.kills.inject.patched`."""

    def swap(original: Any) -> Any:
        @wraps(original)
        def called(*args: Any, **kwargs: Any) -> Any:
            return wrong(original, *args, **kwargs)

        return called

    return lambda name: Retraced({target: swap}, name)


def built_with(target: str, **options: Any) -> Inject:
    """Modules are built with other options, values or functions of what is given."""

    def wrong(original: Any, *args: Any, **given: Any) -> Any:
        own = {n: v(given[n]) if callable(v) else v for n, v in options.items()}
        return original(*args, **{**given, **own})

    return patched(f"{target}.__init__", wrong)


def complement(original: Any, module: Any, rate: float, **options: Any) -> Any:
    return original(module, 1 - rate, **options)


def unscaled(original: Any, module: Any, x: Any, **options: Any) -> Any:
    y = original(module, x, **options)
    return y if module.deterministic else y * (1 - module.rate)


def shared_key(original: Any, net: Any, key: Any) -> None:
    for _, stream in nnx.iter_graph(net):
        if isinstance(stream, nnx.RngStream):
            stream.key.set_value(key)
            stream.count.set_value(jnp.zeros((), jnp.uint32))


def swapped_window(original: Any, array: Any, path: str, net: Any) -> Any:
    array = array.swapaxes(2, 3) if array.ndim == 4 else array
    return original(array, path, net)


def canonical(original: Any, array: Any, path: str, net: Any) -> Any:
    """(out, in) where it should be (in, out)."""
    return original(array.T if array.ndim == 2 else array, path, net)


def other_order(original: Any, cell: Any, weight: Any, state: Any, a: Any) -> Any:
    """Gates in the order f i g o."""

    def moved(gates: Any) -> Any:
        i, f, g, o = jnp.split(gates, 4, axis=1)
        return jnp.concatenate([f, i, g, o], axis=1)

    return original(cell, moved(weight), state, moved(a))


def always_training(original: Any, parts: Any, train: bool, key: Any) -> Any:
    return original(parts, True, key)


def in_float32(original: Any, *given: Any, **options: Any) -> Any:
    return nnx.dot_product_attention(*given, **options)


def seeing_all(original: Any, module: Any, *given: Any, **options: Any) -> Any:
    return nnx.MultiHeadAttention.__call__(module, *given, **options)


BUGS = (
    bug(
        "momentum is the weight of the new statistics",
        built_with("flax.nnx:BatchNorm", momentum=lambda decay: 1 - decay),
        alone(BatchNorm(), (6,)),
        "state",
    ),
    bug(
        "eps by its default, 1e-6",
        built_with("flax.nnx:LayerNorm", epsilon=1e-6),
        alone(nl.LayerNorm(eps=0.1), (6,)),
        STEP,
    ),
    bug(
        "padding SAME, which is more at the end",
        built_with("flax.nnx:Conv", padding="SAME"),
        alone(Conv2D(3, kernel_size=3, stride=2, padding=1), (2, 6, 6)),
        STEP,
    ),
    bug(
        "height and width of kernels swapped",
        patched("netspec_flax._model:to_flax", swapped_window),
        alone(Conv2D(3, kernel_size=3), (2, 5, 4)),
        STEP,
    ),
    bug(
        "kernels (out, in), as in PyTorch",
        patched("netspec_flax._model:to_flax", canonical),
        alone(Dense(6), (6,)),
        STEP,
    ),
    bug(
        "gates in the order f i g o",
        patched(f"{SUPPORT}.recurrent:LSTM.step", other_order),
        alone(nl.LSTM(3), (4, 5)),
        STEP,
    ),
    bug(
        "dropout keeps with its rate",
        patched("flax.nnx:Dropout.__init__", complement),
        alone(Dropout(0.3), (6,)),
        "dropout",
    ),
    bug(
        "dropout without the scale",
        patched("flax.nnx:Dropout.__call__", unscaled),
        alone(Dropout(0.3), (6,)),
        "dropout",
    ),
    bug(
        "dropout of all layers with one key",
        patched("netspec_flax._model:reseed", shared_key),
        TWO,
        "dropout",
    ),
    bug(
        "evaluation in training mode",
        patched("netspec_flax._compiled:together", always_training),
        alone(BatchNorm(), (6,)),
        STEP,
    ),
    bug(
        "GELU by its default, tanh",
        misread(approximate=True),
        alone(nl.GELU(), (6,)),
        STEP,
    ),
    bug(
        "a softmax of float32 in float64",
        patched(f"{SUPPORT}.attention:attend", in_float32),
        alone(nl.MultiHeadAttention(2), (5, 8)),
        STEP,
        dtypes="float64",
    ),
    bug(
        "attention to later positions",
        patched(f"{SUPPORT}.attention:CausalSelfAttention.__call__", seeing_all),
        alone(nl.MultiHeadAttention(2, causal=True), (5, 8)),
        STEP,
    ),
)
