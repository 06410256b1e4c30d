"""Operations that make one value of several."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.importing import Join, Made, Passed, Piled, Signal
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing._values import Held
from netspec_torch.importing.layers._arithmetic import both


def need_signals(call: Call) -> None:
    if not all(isinstance(one, Signal) for one in call.given("tensors")):
        raise call.refused("joins a tensor of the model to values; netspec cannot")


@read.register("aten.cat")
def concatenate(call: Call) -> Made:
    if token := class_token(call):
        return token
    need_signals(call)
    if call["dim"] % len(call.sizes) == 0:
        raise call.refused("joins along the batch axis, so examples are mixed")
    return Join("concat", call["dim"])


def class_token(call: Call) -> Made | None:
    """Recognize a learned position that is put before all others."""
    first, *rest = call.given("tensors")
    rank = len(call.sizes)
    if not isinstance(first, Held) or len(rest) != 1 or rank < 3:
        return None
    alone = first.tensor.numel() == first.tensor.shape[0] * call.sizes[-1]
    if not alone or call["dim"] % rank != rank - 2:
        return None
    call.keep(replace(first, tensor=first.tensor[0].flatten()), "weight")
    return L.ClassToken()


@read.register("aten.stack")
def stack(call: Call) -> Made:
    need_signals(call)
    if call["dim"] % len(call.sizes) == 0:
        return Piled(tuple(call.signals()))
    return Join("stack", call["dim"])


@read.register("aten.maximum")
def maximum(call: Call) -> Made:
    joined = both(call, "maximum")
    if joined is None:
        raise call.refused("takes the larger of a value and a constant; use a limit")
    return joined


@read.register("aten.matmul", "aten.bmm")
def product(call: Call) -> Made:
    joined = both(call, "matmul") if len(list(call.signals())) == 2 else None
    if joined is None:
        raise call.refused("multiplies by a matrix of the model; use nn.Linear")
    return joined


@read.register("aten.broadcast_tensors")
def broadcast(call: Call) -> Made:
    """Leave the signals as they are: what joins them broadcasts."""
    return Passed(tuple(call.given("tensors")))


@read.register("aten.expand", "aten.expand_as")
def expand(call: Call) -> Made:
    """Leave a signal as it is: what joins it with another broadcasts."""
    given = call.given("self")
    if not isinstance(given, Signal) or len(call.sizes) != len(given.shape):
        raise call.refused("repeats values along a new axis; netspec has no such layer")
    return given
