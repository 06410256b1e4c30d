"""Mistakes that are typical of Keras: defaults, layouts, the order of gates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from netspec import BatchNorm, Conv2D, Dropout, Flatten, Spec
from netspec import layers as nl
from netspec.contract import Optimizer
from netspec.program import Call, call
from tests.kills import bug as planted
from tests.kills.bug import alone
from tests.kills.bugs.ties import HEAD
from tests.kills.inject import misread, patched, replaced

bug = partial(planted.bug, backend="keras", dtypes="float32")
LAYERS = "netspec_keras.layers"
SUPPORT = "netspec_keras.support"
STEP = "outputs gradients"
PICTURE = Spec("picture", (2, 5, 4), [nl.MaxPool2D(2), Flatten()])
SQUARE = Spec("square", (4, 4, 5), [BatchNorm(0.8)])
WORDS = (4, 3)
DIFFERENCE = nl.Parallel([[nl.Tanh()], [nl.Dense(6)]], merge="subtract")
UNEVEN = nl.Residual([nl.Dense(6)], shortcut=[nl.Dense(6), nl.Tanh(), nl.Dense(6)])


def options(**changed: Any) -> Callable[..., Call]:
    """A constructor is called with other options, where it has them."""

    def wrong(original: Callable[..., Call], *given: Any, **how: Any) -> Call:
        own = {k: v(how[k]) if callable(v) else v for k, v in changed.items()}
        return original(*given, **how | own)

    return wrong


def not_moved(original: Any, *given: Any) -> Any:
    """A transposition that is forgotten."""
    call_made = original(*given)
    return call("keras.layers:Permute", tuple(range(1, len(call_made.args[0]) + 1)))


def in_order(original: Any, variable: Any, array: Any) -> Any:
    """Gates in PyTorch's order."""
    if variable.name in ("kernel", "recurrent_kernel"):
        return array.T
    return array


def transposed(original: Any, variable: Any, array: Any) -> Any:
    """Kernels (width, height, in, out)."""
    return original(variable, array.swapaxes(2, 3) if array.ndim == 4 else array)


def zero_padded(original: Any, name: str, *given: Any, **how: Any) -> Any:
    how |= {"value": 0.0} if name.endswith("Padding") else {}
    return original(name, *given, **how)


def unscaled(original: Any, self: Any, scores: Any) -> Any:
    return original(self, scores * self.head_dim**0.5)


def forgetful(original: Any, *given: Any) -> Any:
    found = original(*given)
    found.pop("unit_forget_bias", None)
    return found


def told_nothing(original: Any, layer: Any, times: int, **options: Any) -> Any:
    return original(layer, times)


def turned(original: Any, made: Any) -> Any:
    found = original(made)
    return found._replace(branches=found.branches[::-1])


def half(original: Any, self: Any, x: Any, reverse: bool = False) -> Any:
    from keras import ops

    y = original(self, x, reverse=reverse)
    return y if reverse else ops.stop_gradient(y)


def at_the_end(made: Call) -> Call:
    """What `Reversed` gives last, which is what was read first."""
    (inner,) = made.args
    assert isinstance(inner, Call)
    return replace(
        inner,
        kwargs=tuple(pair for pair in inner.kwargs if pair[0] != "return_sequences"),
    )


def default_eps(original: Any, optimizer: Optimizer) -> Any:
    made = original(optimizer)
    made.epsilon = 1e-3
    return made


def not_turned_back(original: Any, self: Any, x: Any) -> Any:
    from keras import ops

    return self.layer(ops.flip(x, axis=1))


BUGS = (
    bug(
        "momentum of BatchNormalization as PyTorch means it",
        patched(
            f"{LAYERS}._normalization:native", options(momentum=lambda old: 1 - old)
        ),
        alone(BatchNorm(0.8), (6,)),
        "state",
    ),
    bug(
        "epsilon of LayerNormalization by its default",
        patched(f"{LAYERS}._normalization:native", options(epsilon=1e-3)),
        alone(nl.LayerNorm(), (6,)),
        STEP,
    ),
    bug(
        "axis of BatchNormalization as if channels came first",
        patched(f"{LAYERS}._normalization:native", options(axis=1)),
        SQUARE,
        "outputs gradients state",
    ),
    bug(
        "Flatten of channels last",
        patched("netspec_keras._lowering:moved", not_moved),
        PICTURE,
        STEP,
        raises=True,
    ),
    bug(
        "gates of a GRU in PyTorch's order",
        patched("netspec_keras._weights:oriented", in_order),
        alone(nl.GRU(5), WORDS),
        STEP,
    ),
    bug(
        "height and width of kernels swapped",
        patched("netspec_keras._weights:oriented", transposed),
        alone(Conv2D(3, kernel_size=3), (2, 5, 4)),
        STEP,
    ),
    bug(
        '"same" with a stride',
        replaced(f"{LAYERS}._conv:is_same", lambda *given: True),
        alone(Conv2D(3, kernel_size=3, stride=2, padding=1), (2, 6, 6)),
        STEP,
    ),
    bug(
        "zeros around a maximum",
        patched(f"{LAYERS}._pooling:ours", zero_padded),
        alone(nl.MaxPool2D(3, stride=2, padding=1), (2, 6, 6)),
        STEP,
    ),
    bug(
        "the rate of Dropout that keeps",
        misread(rate=lambda layer: layer.rate and 1 - layer.rate),
        alone(Dropout(0.3), (6,)),
        "dropout",
    ),
    bug(
        "GELU by tanh",
        misread(approximate=True),
        alone(nl.GELU(), (6,)),
        STEP,
    ),
    bug(
        "attention without its scale",
        patched(f"{SUPPORT}.attention:SelfAttention.seen", unscaled),
        alone(nl.MultiHeadAttention(2, rotary=100.0), (4, 8)),
        STEP,
    ),
    bug(
        "attention to what is still to come",
        patched(f"{LAYERS}._attention:used", told_nothing),
        alone(nl.MultiHeadAttention(2, causal=True), (4, 6)),
        STEP,
    ),
    bug(
        "branches in the order of their making",
        patched("netspec_keras._calls:join_of", turned),
        alone(DIFFERENCE, (6,)),
        STEP,
    ),
    bug(
        "weights in the order of the spec, where a model has another",
        replaced("netspec_keras._variables:order", lambda spec: ()),
        alone(UNEVEN, (6,)),
        STEP,
    ),
    bug(
        "the gradient of the table from one of its places",
        patched("keras.layers:ReversibleEmbedding.call", half),
        HEAD,
        "gradients",
    ),
    bug(
        "the last state of what was read backwards at the last position",
        replaced(f"{LAYERS}._recurrent:last_state", at_the_end),
        Spec("last", WORDS, [nl.LSTM(5, direction="reverse"), nl.Select(1, 0)]),
        STEP,
    ),
    bug(
        "one more in the forget gate's bias",
        patched(f"{LAYERS}._recurrent:_drawn", forgetful),
        alone(nl.LSTM(5, recurrent_bias=False), WORDS),
        "init_statistics",
    ),
    bug(
        "the order of what was read backwards",
        patched(f"{SUPPORT}.recurrent:Reversed.call", not_turned_back),
        alone(nl.RNN(5, direction="reverse"), WORDS),
        STEP,
    ),
    bug(
        "epsilon of Adam",
        patched("netspec_keras._on_jax:to_keras", default_eps),
        Spec("trained", (6,), [nl.Dense(4)]),
        "training",
    ),
)
