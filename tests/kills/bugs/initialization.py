"""First weights, as the framework's own initializers draw them."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from netspec import Conv2D, Dense, Spec
from netspec.init import (
    InitPolicy,
    KaimingNormal,
    KaimingUniform,
    Normal,
    TruncatedNormal,
    Uniform,
    XavierUniform,
)
from tests.kills.bug import Bug, bug
from tests.kills.inject import patched

INIT = "torch.nn.init"


def dense(law: Any) -> Spec:
    return Spec("dense", (6,), [Dense(5)], init=InitPolicy(law))


KAIMING = dense(KaimingNormal("relu"))
LEAKY = dense(KaimingUniform("leaky_relu", slope=0.3))
TRUNCATED = dense(TruncatedNormal(0.5, low=-1, high=1))
TWO = Spec("two", (16,), [Dense(16), Dense(16)], init=InitPolicy(Normal(1)))
WINDOW = Spec(
    "window",
    (4, 6, 5),
    [Conv2D(3, kernel_size=(3, 2))],
    init=InitPolicy(XavierUniform()),
)


def other(name: str, spec: Spec, function: str, **options: Any) -> Bug:
    """A function of `torch.nn.init` gets other options."""

    def called(original: Any, tensor: Tensor, *args: Any, **given: Any) -> Any:
        new = {n: v(given) if callable(v) else v for n, v in options.items()}
        return original(tensor, *args, **{**given, **new})

    inject = patched(f"{INIT}:{function}", called)
    return bug(name, inject, spec, "init_statistics")


def instead(name: str, spec: Spec, function: str, change: Any) -> Bug:
    """A function of `torch.nn.init` does something else."""
    return bug(name, patched(f"{INIT}:{function}", change), spec, "init_statistics")


def truncated(original: Any, tensor: Tensor, **how: Any) -> Any:
    """A normal law cut at two standard deviations, as in Keras and Flax."""
    original(tensor, **how)
    std = float(tensor.detach().std()) if tensor.numel() > 1 else 1.0
    return torch.nn.init.trunc_normal_(tensor, std=std, a=-2 * std, b=2 * std)


def clipped(original: Any, tensor: Tensor, std: float, **how: Any) -> Any:
    """What is beyond the bounds is moved to them, where it should be drawn again."""
    torch.nn.init.normal_(tensor, std=std)
    with torch.no_grad():
        return tensor.clamp_(how["a"], how["b"])


def by_std(original: Any, tensor: Tensor, low: float, high: float) -> Any:
    """The standard deviation is taken for the bound: off by sqrt(3)."""
    return original(tensor, low / math.sqrt(3), high / math.sqrt(3))


def without_window(original: Any, tensor: Tensor, **how: Any) -> Any:
    """Fans of the channels alone."""
    rows, columns = tensor.shape[:2]
    bound = math.sqrt(6 / (rows + columns))
    return torch.nn.init.uniform_(tensor, -bound, bound)


def same_again(original: Any, tensor: Tensor, *args: Any, **how: Any) -> Any:
    """Every parameter is drawn from the same seed."""
    torch.manual_seed(0)
    return original(tensor, *args, **how)


def left_alone(original: Any, tensor: Tensor) -> Any:
    """The bias keeps what the constructor drew."""
    return tensor


def in_columns(original: Any, tensor: Tensor, **how: Any) -> Any:
    """One draw for each input, the same for all units."""
    original(tensor, **how)
    with torch.no_grad():
        return tensor.copy_(tensor[:1].expand_as(tensor).clone())


BUGS = (
    other("fan_out for fan_in", KAIMING, "kaiming_normal_", mode="fan_out"),
    other("gain forgotten", KAIMING, "kaiming_normal_", nonlinearity="linear"),
    other("slope of the gain forgotten", LEAKY, "kaiming_uniform_", a=0),
    other("a gain of 1.01", dense(XavierUniform()), "xavier_uniform_", gain=1.01),
    other(
        "variance for standard deviation",
        dense(Normal(0.5)),
        "normal_",
        std=lambda given: given["std"] ** 2,
    ),
    other("a mean of 0.01", dense(Normal(1)), "normal_", mean=0.01),
    other("bounds of a truncated law ignored", TRUNCATED, "trunc_normal_", a=-9, b=9),
    instead(
        "beyond the bounds clipped, not drawn again",
        TRUNCATED,
        "trunc_normal_",
        clipped,
    ),
    instead("truncated for normal", KAIMING, "kaiming_normal_", truncated),
    instead(
        "uniform bound off by sqrt(3)", dense(Uniform(-0.3, 0.3)), "uniform_", by_std
    ),
    instead("fans without the window", WINDOW, "xavier_uniform_", without_window),
    instead("every parameter from the same seed", TWO, "normal_", same_again),
    instead("bias is not zero", KAIMING, "zeros_", left_alone),
    instead("one draw for all units", KAIMING, "kaiming_normal_", in_columns),
)
