"""Residual, Parallel and Sequential, and layers that move values."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from netspec import (
    Conv2D,
    Dense,
    Flatten,
    Pad2D,
    Parallel,
    Permute,
    Reshape,
    Residual,
    Sequential,
    Spec,
    Tanh,
)
from tests.kills import tensors as wrong
from tests.kills.bug import PLANE, alone, bug
from tests.kills.inject import patched

SUPPORT = "netspec_torch.support"
STEP = "outputs gradients"
SKIP = alone(Residual([Dense(5), Tanh(), Dense(6)]), (6,))
SHORTCUT = alone(Residual([Dense(6), Tanh()], shortcut=[Dense(6, bias=False)]), (6,))
CONCAT = alone(Parallel([[Tanh()], [Dense(6)]]))
SUM = alone(Parallel([[Dense(5)], [Dense(5), Tanh()]], merge="add"), (6,))
CHAIN = alone(Sequential([Dense(6), Tanh()]), (6,))
PICTURE = Spec("picture", PLANE, [Conv2D(3, kernel_size=2), Flatten(), Dense(2)])


def residual(change: Any) -> Any:
    """``body(x) + shortcut(x)`` is something else; told the module and x."""

    def forward(original: Any, module: Any, x: Tensor) -> Any:
        return change(module, x)

    return patched(f"{SUPPORT}.containers:Residual.forward", forward)


def skip(change: wrong.Change) -> Any:
    """What the skip adds is changed."""
    return residual(lambda module, x: module.body(x) + change(x))


def branches(kind: str, change: Any) -> Any:
    """What becomes of the outputs of branches; told the list of them."""

    def forward(original: Any, module: Any, x: Tensor) -> Any:
        return change([branch(x) for branch in module])

    return patched(f"{SUPPORT}.containers:{kind}.forward", forward)


def moved(target: str, change: Any) -> Any:
    """A module without parameters computes another function of x."""
    return patched(target, lambda original, module, x: change(module, x))


def one_gradient(outputs: list[Tensor]) -> Tensor:
    """Only the first branch gets a gradient."""
    first, *rest = outputs
    return first + sum(y.detach() for y in rest)


def channels_last(module: Any, x: Tensor) -> Tensor:
    return x.movedim(1, -1).flatten(1)


def inverse(module: Any, x: Tensor) -> Tensor:
    order = sorted(range(len(module.dims)), key=module.dims.__getitem__)
    return x.permute(0, *(axis + 1 for axis in order))


def columns_first(module: Any, x: Tensor) -> Tensor:
    flat = x.permute(0, *reversed(range(1, x.dim()))).flatten(1)
    return flat.reshape(len(x), *reversed(module.shape)).transpose(1, 2)


def edges(module: Any, x: Tensor) -> Tensor:
    return F.pad(x, module.padding, mode="replicate")


def rows_for_columns(module: Any, x: Tensor) -> Tensor:
    left, right, top, bottom = module.padding
    return F.pad(x, (top, bottom, left, right))


BUGS = (
    bug("Residual: without the skip", residual(lambda m, x: m.body(x)), SKIP, STEP),
    bug(
        "Residual: shortcut ignored",
        residual(lambda m, x: m.body(x) + x),
        SHORTCUT,
        STEP,
    ),
    bug(
        "Residual: shortcut of the body's output",
        residual(lambda m, x: m.body(x) + m.shortcut(m.body(x))),
        SHORTCUT,
        STEP,
    ),
    bug("Residual: skip without a gradient", skip(Tensor.detach), SKIP, "gradients"),
    bug("Residual: skip times 1 + 1e-5", skip(wrong.times(1 + 1e-5)), SKIP, STEP),
    bug(
        "Residual: skip times 1 + 1e-8",
        skip(wrong.times(1 + 1e-8)),
        SKIP,
        STEP,
        dtypes="float64",
    ),
    bug(
        "Residual: ReLU of the sum",
        residual(lambda m, x: (m.body(x) + x).relu()),
        SKIP,
        STEP,
    ),
    bug(
        "Parallel: branches in another order",
        branches("Concat", lambda outputs: torch.cat(outputs[::-1], 1)),
        CONCAT,
        STEP,
    ),
    bug(
        "Parallel: concatenated along another axis",
        branches("Concat", lambda outputs: torch.cat(outputs, 2).reshape(-1, 8, 7, 6)),
        CONCAT,
        STEP,
    ),
    bug(
        "Parallel: mean for sum",
        branches("Add", lambda outputs: torch.stack(outputs).mean(0)),
        SUM,
        STEP,
    ),
    bug(
        "Parallel: gradient of the first branch alone",
        branches("Add", one_gradient),
        SUM,
        "gradients",
    ),
    bug(
        "Sequential: layers in another order",
        patched(
            "torch.nn:Sequential.forward",
            lambda original, module, x: (
                original(module, x) if len(module) < 2 else module[0](module[1](x))
            ),
        ),
        CHAIN,
        STEP,
    ),
    bug(
        "Sequential: the last layer left out",
        patched(
            "torch.nn:Sequential.forward",
            lambda original, module, x: (
                original(module, x) if len(module) < 2 else module[0](x)
            ),
        ),
        CHAIN,
        STEP,
    ),
    bug(
        "Flatten: channels last",
        moved("torch.nn:Flatten.forward", channels_last),
        PICTURE,
        STEP,
    ),
    bug(
        "Reshape: columns first",
        moved(f"{SUPPORT}.shape:Reshape.forward", columns_first),
        Reshape((6, 28)),
        STEP,
    ),
    bug(
        "Permute: the inverse",
        moved(f"{SUPPORT}.shape:Permute.forward", inverse),
        alone(Permute((3, 1, 2)), (5, 5, 5)),
        STEP,
    ),
    bug(
        "Pad2D: repeats the edge",
        moved("torch.nn:ZeroPad2d.forward", edges),
        Pad2D(((1, 2), (0, 3))),
        STEP,
    ),
    bug(
        "Pad2D: rows for columns",
        moved("torch.nn:ZeroPad2d.forward", rows_for_columns),
        alone(Pad2D(((1, 2), (2, 1))), (4, 6, 6)),
        STEP,
    ),
)
