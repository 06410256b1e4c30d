"""Ties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netspec import Dense, Embedding, InitPolicy, LayerNorm, Normal, Spec, Uniform
from tests.kills.bug import bug
from tests.kills.inject import exported, joined, patched

STEP = "outputs gradients"
TABLE = [Embedding(6, dim=6, name="tokens"), LayerNorm()]
HEAD = Spec(
    "head",
    (5,),
    [*TABLE, Dense(6, bias=False, name="head")],
    InitPolicy(Normal(0.5), embedding=Uniform(-0.3, 0.3)),
    input_dtype="int",
    ties={"head.weight": "tokens.weight"},
)


def untied(_: Any, model: nn.Module, path: str, owner: str) -> None:
    """The second path keeps a parameter of its own, which nothing has drawn."""
    with torch.no_grad():
        model.get_parameter(path).fill_(0.1)


def cut(original: Any, module: nn.Linear, x: Tensor) -> Any:
    """No gradient comes from the second path."""
    return F.linear(x, module.weight.detach(), module.bias)


def turned(original: Any, module: nn.Linear, x: Tensor) -> Any:
    return F.linear(x, module.weight.T, module.bias)


def lost(original: Any, model: Any, params: Any) -> None:
    """What is loaded comes to two parameters."""
    original(model, params)
    if hasattr(model, "tokens") and hasattr(model, "head"):
        model.head.weight = nn.Parameter(torch.clone(model.tokens.weight))


UNCHECKED = patched("netspec_torch._backend:check_names", lambda _, *given: None)

BUGS = (
    bug(
        "the second path has a parameter of its own",
        joined(patched("netspec_torch._backend:share", untied), UNCHECKED),
        HEAD,
        STEP,
    ),
    bug(
        "the gradient of one path alone",
        patched("torch.nn:Linear.forward", cut),
        HEAD,
        "gradients training",
    ),
    bug(
        "the table is transposed",
        patched("torch.nn:Linear.forward", turned),
        HEAD,
        STEP,
    ),
    bug(
        "axes keep their order",
        patched(
            "netspec_jax._program:ties",
            lambda original, spec: (tie[:2] for tie in original(spec)),
        ),
        HEAD,
        STEP,
        backend="jax",
    ),
    bug(
        "the tie is lost when weights are given",
        joined(patched("netspec_torch._backend:fill", lost), UNCHECKED),
        HEAD,
        "gradients training",
    ),
    bug(
        "drawn twice, as the second path says",
        patched(
            "netspec_torch._program:draws",
            lambda original, node: original(replace(node, tied={})),
        ),
        HEAD,
        "init_statistics",
    ),
    bug(
        "the file does not tie",
        exported("    net.head.weight = net.tokens.weight\n", ""),
        HEAD,
        "source",
    ),
)
