"""RNN, LSTM and GRU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from netspec import GRU, LSTM, RNN, Spec
from netspec.layers import Layer
from tests.kills import tensors as wrong
from tests.kills.bug import Bug, alone, bug
from tests.kills.inject import misread, patched

HOME = "netspec_torch.support.recurrent"
FORWARD = f"{HOME}:Outputs.forward"
STEP = "outputs gradients"


def on(layer: Layer) -> Spec:
    return alone(layer, (4, 3))


PLAIN = on(LSTM(2))
BOTH = on(LSTM(2, direction="both"))
BACKWARD = on(GRU(2, direction="reverse"))
KERAS = Spec("drawn", PLAIN.input_shape, PLAIN.layers, "keras")


def kernel(name: str, change: Callable[..., Any], spec: Spec, fused: str) -> Bug:
    """The kernel `torch.lstm` or `torch.gru` is called with other arguments; `change`
    is told the original, the input, the states, the weights and the rest.
    """
    return bug(name, patched(f"torch._VF:{fused}", change), spec, STEP)


def order(gates: list[int], *which: int) -> Callable[..., Any]:
    """Parts of some of the weights are read in another order."""

    def called(original: Any, x: Tensor, h: Any, held: Any, *how: Any) -> Any:
        def turned(w: Tensor) -> Tensor:
            parts = w.chunk(len(gates))
            return torch.cat([parts[gate] for gate in gates])

        read = [turned(w) if i % 4 in which else w for i, w in enumerate(held)]
        return original(x, h, read, *how)

    return called


def one_bias_twice(original: Any, x: Tensor, h: Any, held: Any, *how: Any) -> Any:
    """The first bias is added again, where the second should be."""
    return original(x, h, [*held[:3], held[2]], *how)


def transposed(original: Any, x: Tensor, h: Any, held: Any, *how: Any) -> Any:
    """Kernels of the states are read as (in, out)."""
    parts = held[1].chunk(4)
    return original(x, h, [held[0], torch.cat([p.T for p in parts]), *held[2:]], *how)


def shared(original: Any, x: Tensor, h: Any, held: Any, *how: Any) -> Any:
    """Both directions have the weights of the first."""
    return original(x, h, [*held[:4], *held[:4]], *how)


class Carried:
    """The last states of a batch are the first of the next."""

    def __init__(self) -> None:
        self.held: dict[Any, Any] = {}

    def __call__(self, original: Any, x: Tensor, h: Any, *rest: Any) -> Any:
        key = (x.shape, x.dtype)
        found = original(x, self.held.get(key, h), *rest)
        self.held[key] = [state.detach() for state in found[1:]]
        return found


def in_processing_order(original: Any, made: Any, x: Tensor) -> Any:
    """Outputs stand as they were made, the last position first, as in Keras."""
    y = original(made, x)
    return y.flip(1) if made.backward_alone else y


def both_in_processing_order(original: Any, made: Any, x: Tensor) -> Any:
    y, last = original(made, x).chunk(2, dim=-1)
    return torch.cat([y, last.flip(1)], dim=-1)


def exchanged(original: Any, made: Any, x: Tensor) -> Any:
    """Directions exchanged: what is read backward comes first."""
    return torch.cat(original(made, x).chunk(2, dim=-1)[::-1], dim=-1)


def truncated(original: Any, x: Tensor, h: Any, held: Any, *how: Any) -> Any:
    """No gradient of the kernel of the states."""
    return original(x, h, [held[0], held[1].detach(), *held[2:]], *how)


def halved(original: Any, x: Tensor, h: Any, held: Any, *how: Any) -> Any:
    """A gradient of half the size for the second bias, as if there were one in all."""
    half = wrong.hooked(held[3], wrong.times(0.5))
    return original(x, h, [*held[:3], half], *how)


def by_gate(original: Any, tensor: Tensor, **how: Any) -> Any:
    """Each gate is orthogonal by itself, as in `nnx.LSTMCell`."""
    with torch.no_grad():
        for part in tensor.chunk(4):
            original(part, **how)
    return tensor


def first_gate(original: Any, tensor: Tensor, *gates: Any) -> Any:
    """The input gate starts open, not the one that forgets."""
    return original(tensor, gates[1], gates[0], *gates[2:])


def fused(original: Any, units: int, inputs: int, length: int, **how: Any) -> Any:
    from netspec_gluon.support import recurrent

    return recurrent.RNN(units, inputs, **how)


BUGS = (
    kernel("LSTM: gates i f o g", order([0, 1, 3, 2], 0, 1, 2, 3), PLAIN, "lstm"),
    kernel("LSTM: gates i o f g, as in ONNX", order([0, 3, 1, 2], 0, 1), PLAIN, "lstm"),
    kernel(
        "GRU: gates z r n, as in Keras",
        order([1, 0, 2], 0, 1, 2, 3),
        on(GRU(2)),
        "gru",
    ),
    kernel("biases of the wrong gates", order([1, 2, 3, 0], 2), PLAIN, "lstm"),
    kernel("the first bias twice", one_bias_twice, PLAIN, "lstm"),
    kernel("kernel of the states transposed", transposed, PLAIN, "lstm"),
    kernel("one set of weights for both directions", shared, BOTH, "lstm"),
    bug(
        "GRU: reset before the product",
        misread(reset_after=False),
        on(GRU(2)),
        STEP,
    ),
    bug(
        "GRU: reset after the product",
        misread(reset_after=True),
        on(GRU(2, reset_after=False)),
        STEP,
    ),
    bug(
        "states carried over between batches",
        patched("torch._VF:lstm", Carried()),
        PLAIN,
        STEP,
    ),
    bug(
        "reverse: outputs in the order of their making",
        patched(FORWARD, in_processing_order),
        BACKWARD,
        STEP,
    ),
    bug(
        "both: the second half in the order of its making",
        patched(FORWARD, both_in_processing_order),
        BOTH,
        STEP,
    ),
    bug("both: halves exchanged", patched(FORWARD, exchanged), BOTH, STEP),
    bug("reverse ignored", misread(direction="forward"), BACKWARD, STEP),
    bug(
        "no gradient of the kernel of the states",
        patched("torch._VF:lstm", truncated),
        PLAIN,
        "gradients",
    ),
    bug(
        "half the gradient of the second bias",
        patched("torch._VF:lstm", halved),
        PLAIN,
        "gradients",
    ),
    bug(
        "tanh for ReLU", misread(activation="tanh"), on(RNN(2, activation="relu")), STEP
    ),
    bug(
        "Gluon's fused RNN with ReLU in float64",
        patched("netspec_gluon.support.recurrent:ReluRNN", fused),
        on(RNN(2, activation="relu")),
        STEP,
        dtypes="float64",
        backend="gluon",
    ),
    bug(
        "first weights: each gate orthogonal by itself",
        patched("torch.nn.init:orthogonal_", by_gate),
        KERAS,
        "init_statistics",
    ),
    bug(
        "first weights: the wrong gate starts at 1",
        patched("netspec_torch.support.initial:per_gate_", first_gate),
        KERAS,
        "init_statistics",
    ),
)
