"""Activations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from netspec import layers as nl
from netspec.layers import Layer
from tests.kills import tensors as wrong
from tests.kills.bug import Bug, alone, bug
from tests.kills.inject import misread, mistaken, patched, replaced

F = "torch.nn.functional"
STEP = "outputs gradients"


def instead(name: str, function: Callable[..., Tensor]) -> Any:
    """A function of PyTorch is another one of the same arguments."""
    return patched(name, lambda original, *args, **how: function(*args, **how))


def gradient(name: str, change: Callable[[Tensor, Tensor], Tensor]) -> Any:
    """The gradient of a function is changed, given it and the input."""

    def called(original: Any, x: Tensor, *rest: Any, **how: Any) -> Any:
        return original(wrong.hooked(x, lambda g: change(g, x)), *rest, **how)

    return patched(name, called)


def prelu_of_one(original: Any, x: Tensor, weight: Tensor) -> Any:
    """All slopes get the mean of their gradients."""
    shared = wrong.hooked(weight, lambda g: g.mean().expand_as(g))
    return original(x, shared)


def prelu_last_axis(original: Any, x: Tensor, weight: Tensor) -> Any:
    """Slopes along the last axis."""
    return torch.where(x > 0, x, x * weight)


def approximate_tanh(original: Any, x: Tensor) -> Any:
    """With an error as large as a table or a rational function may have."""
    return original(x) + 1e-4 * torch.sin(5 * x)


def steep_sigmoid(original: Any, x: Tensor) -> Any:
    y = original(x.detach())
    return wrong.borrowing(x * y, y)


def softplus(x: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """Without a threshold or a stable form: overflows."""
    return torch.log(1 + torch.exp(beta * x))


def scaled_elu(x: Tensor, *_: Any) -> Tensor:
    """SELU with its constants cut to four digits."""
    return 1.0507 * torch.where(x > 0, x, 1.6733 * torch.expm1(x.clamp(max=0)))


def unstable(x: Tensor, dim: int, **_: Any) -> Tensor:
    """The maximum is not subtracted."""
    return torch.log(torch.exp(x) / torch.exp(x).sum(dim, keepdim=True))


def softmax_gradient(original: Any, x: Tensor, dim: int, **how: Any) -> Any:
    """``g * y * (1 - y)``: the diagonal of the Jacobian alone."""
    y = original(x.detach(), dim, **how)
    return wrong.borrowing(x * (y * (1 - y)).detach(), y)


def exchanged(x: Tensor, dim: int) -> Tensor:
    """The first half is the gate."""
    a, b = x.chunk(2, dim)
    return torch.sigmoid(a) * b


def interleaved(x: Tensor, dim: int) -> Tensor:
    """Neighbours are paired."""
    size = x.shape[dim]
    even, odd = (x.index_select(dim, torch.arange(i, size, 2)) for i in (0, 1))
    return even * torch.sigmoid(odd)


def ungated(original: Any, x: Tensor, dim: int) -> Any:
    """The gate is a constant."""
    a, b = x.chunk(2, dim)
    return original(torch.cat([a, b.detach()], dim), dim)


def at_double(name: str, layer: Layer) -> Bug:
    """PyTorch's own module, which rounds a constant to float32."""
    native = replaced(
        "netspec_torch._lowering:Context.double", property(lambda _: False)
    )
    return bug(name, native, layer, "gradients", dtypes="float64")


def of(kind: type[Layer], other: Layer) -> Any:
    """A layer is taken for another."""
    return mistaken(lambda layer: other if isinstance(layer, kind) else layer)


BUGS = (
    bug(
        "LeakyReLU: slope 0.0101 for 0.01", misread(slope=0.0101), nl.LeakyReLU(), STEP
    ),
    bug(
        "LeakyReLU: gradient 0 on the negative side",
        gradient(f"{F}:leaky_relu", lambda g, x: g * (x > 0)),
        nl.LeakyReLU(),
        "gradients",
    ),
    bug(
        "ReLU: gradient 1 on both sides",
        patched(
            "torch.nn.functional:relu", lambda f, x, *_, **how: wrong.borrowing(x, f(x))
        ),
        nl.ReLU(),
        "gradients",
    ),
    bug("ReLU6: without its limit", of(nl.ReLU6, nl.ReLU()), nl.ReLU6(), STEP),
    bug(
        "PReLU: slopes share their gradient",
        patched(f"{F}:prelu", prelu_of_one),
        nl.PReLU(per_channel=True),
        "gradients",
    ),
    bug(
        "PReLU: slopes along the last axis",
        patched(f"{F}:prelu", prelu_last_axis),
        alone(nl.PReLU(per_channel=True), (4, 7, 4)),
        STEP,
    ),
    bug("ELU: alpha ignored", misread(alpha=1.0), nl.ELU(0.3), STEP),
    bug("CELU: as ELU", of(nl.CELU, nl.ELU(0.3)), nl.CELU(0.3), STEP),
    at_double("CELU: PyTorch's own in float64", nl.CELU(0.3)),
    bug(
        "SELU: constants cut to four digits",
        instead(f"{F}:selu", scaled_elu),
        nl.SELU(),
        STEP,
    ),
    bug("GELU: tanh for erf", misread(approximate=True), nl.GELU(), STEP),
    bug(
        "GELU: erf for tanh",
        misread(approximate=False),
        nl.GELU(approximate=True),
        STEP,
    ),
    bug(
        "SiLU: sigmoid(1.702 x)",
        instead(f"{F}:silu", lambda x, **_: x * torch.sigmoid(1.702 * x)),
        nl.SiLU(),
        STEP,
    ),
    bug(
        "Mish: tanh of ReLU",
        instead(f"{F}:mish", lambda x, **_: x * torch.relu(x).tanh()),
        nl.Mish(),
        STEP,
    ),
    bug(
        "Tanh: an error of 1e-4",
        patched("torch:tanh", approximate_tanh),
        nl.Tanh(),
        STEP,
    ),
    bug(
        "Sigmoid: its gradient without 1 - y",
        patched("torch:sigmoid", steep_sigmoid),
        nl.Sigmoid(),
        "gradients",
    ),
    bug("Softplus: overflows", instead(f"{F}:softplus", softplus), nl.Softplus(), STEP),
    at_double("Softplus: threshold 20 in float64", nl.Softplus()),
    bug(
        "Softsign: x / (1 + x^2)",
        instead(f"{F}:softsign", lambda x: x / (1 + x * x)),
        nl.Softsign(),
        STEP,
    ),
    bug("SiLU: beta ignored", misread(beta=1.0), nl.SiLU(1.7), STEP),
    bug("Softplus: beta ignored", misread(beta=1.0), nl.Softplus(0.3), STEP),
    bug(
        "Softplus: not divided by beta",
        patched(f"{F}:softplus", lambda f, x, beta, t: f(x, beta, t) * beta),
        nl.Softplus(0.3),
        STEP,
    ),
    bug(
        "LogSigmoid: the logarithm of sigmoid",
        instead(f"{F}:logsigmoid", lambda x: torch.log(torch.sigmoid(x))),
        nl.LogSigmoid(),
        STEP,
    ),
    bug(
        "LogSigmoid: of the other sign",
        instead(f"{F}:logsigmoid", lambda x: x - softplus(x)),
        nl.LogSigmoid(),
        STEP,
    ),
    bug("Softmin: over the wrong axis", misread(axis=1), nl.Softmin(), STEP),
    bug("Softmin: softmax", of(nl.Softmin, nl.Softmax()), nl.Softmin(), STEP),
    bug(
        "GLU: the halves are exchanged", instead(f"{F}:glu", exchanged), nl.GLU(), STEP
    ),
    bug(
        "GLU: even and odd for halves", instead(f"{F}:glu", interleaved), nl.GLU(), STEP
    ),
    bug(
        "GLU: no gradient by the gate",
        patched(f"{F}:glu", ungated),
        nl.GLU(),
        "gradients",
    ),
    bug("Softmax: over the wrong axis", misread(axis=1), nl.Softmax(), STEP),
    bug(
        "Softmax: gradient of the diagonal alone",
        patched(f"{F}:softmax", softmax_gradient),
        nl.Softmax(),
        "gradients",
    ),
    bug("LogSoftmax: over the wrong axis", misread(axis=1), nl.LogSoftmax(), STEP),
    bug(
        "LogSoftmax: the logarithm of softmax",
        instead(f"{F}:log_softmax", unstable),
        nl.LogSoftmax(),
        STEP,
    ),
)
