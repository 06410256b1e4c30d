"""Rotary positions, learned ones, Vaswani's table and the class token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from netspec import layers as nl
from netspec.layers import Layer
from netspec.spec import Spec
from tests.kills import tensors as wrong
from tests.kills.bug import alone, bug
from tests.kills.inject import misread, patched

POSITIONS = "netspec_torch.support.positions"
ATTENTION = "netspec_torch.support.attention"
STEP = "outputs gradients"


def on(layer: Layer) -> Spec:
    return alone(layer, (5, 8))


ROTARY = on(nl.MultiHeadAttention(2, rotary=100.0))
TABLE = on(nl.SinusoidalPosition())


def turning(change: Callable[[Any, Tensor], Tensor]) -> Any:
    return patched(
        f"{ATTENTION}:Rotary.forward", lambda original, made, x: change(made, x)
    )


def pairs(made: Any, x: Tensor) -> Tensor:
    """Neighbors turn, as in GPT-J."""
    a, b = x[..., ::2], x[..., 1::2]
    y = torch.stack([a * made.cos - b * made.sin, b * made.cos + a * made.sin], -1)
    return y.flatten(-2)


def backwards(made: Any, x: Tensor) -> Tensor:
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * made.cos + b * made.sin, b * made.cos - a * made.sin], -1)


def mirrored(made: Any, x: Tensor) -> Tensor:
    """One sign of the two is wrong, which is no rotation."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * made.cos - b * made.sin, b * made.cos - a * made.sin], -1)


def angles(change: Callable[[Any, int, int, float], Tensor], home: str) -> Any:
    return patched(f"{home}:angles", change)


def slower(original: Any, positions: int, dim: int, base: float) -> Tensor:
    """Exponent i / d for 2i / d."""
    turned: Tensor = original(positions, 2 * dim, base)
    return turned[:, : (dim + 1) // 2]


def narrow(original: Any, *given: Any) -> Tensor:
    return wrong.narrow(original(*given))


def half(original: Any, *given: Any) -> Tensor:
    return wrong.bfloat16(original(*given))


def late(original: Any, positions: int, dim: int, base: float) -> Tensor:
    """The first position is 1."""
    turned: Tensor = original(positions + 1, dim, base)
    return turned[1:]


def exponents_to_the_end(
    original: Any, positions: int, dim: int, base: float
) -> Tensor:
    """i / (d / 2 - 1), as in tensor2tensor."""
    last = dim // 2 - 1
    rates = torch.tensor([base ** (-i / last) for i in range(dim // 2)])
    steps = torch.arange(positions, dtype=torch.float64)
    return torch.outer(steps, rates.double())


def halves(original: Any, made: Any, x: Tensor) -> Any:
    """Sines before cosines."""
    return x + torch.cat([made.table[:, ::2], made.table[:, 1::2]], -1)


def last_rows(original: Any, made: Any, x: Tensor) -> Any:
    return x + made.weight[-x.shape[-2] :]


def scaled(original: Any, made: Any, x: Tensor) -> Any:
    """Inputs are multiplied by the root of their channels, as embeddings by Vaswani."""
    return original(made, x * x.shape[-1] ** 0.5)


def of_one_example(original: Any, made: Any, x: Tensor) -> Any:
    y = original(made, x)
    fixed = x + made.weight[: x.shape[-2]].detach()
    return torch.cat([y[:1], fixed[1:]])


def appended(original: Any, made: Any, x: Tensor) -> Any:
    return original(made, x).roll(-1, -2)


def fixed(original: Any, made: Any, x: Tensor) -> Any:
    return torch.cat([made.weight.detach().expand(*x.shape[:-2], 1, -1), x], -2)


def replacing(original: Any, made: Any, x: Tensor) -> Any:
    """The token takes the place of the first position, which stands second, too."""
    y = original(made, x)
    return torch.cat([y[..., :1, :], y[..., 1:2, :], y[..., 1:-1, :]], -2)


BUGS = (
    bug("rotary: neighbors turn, not halves", turning(pairs), ROTARY, STEP),
    bug("rotary: turned backwards", turning(backwards), ROTARY, STEP),
    bug("rotary: a wrong sign", turning(mirrored), ROTARY, STEP),
    bug("rotary: base 10000 for 100", misread(rotary=1e4), ROTARY, STEP),
    bug("rotary: exponent i / d", angles(slower, ATTENTION), ROTARY, STEP),
    bug("rotary: angles in bfloat16", angles(half, ATTENTION), ROTARY, STEP),
    bug(
        "rotary: angles in float32",
        angles(narrow, ATTENTION),
        ROTARY,
        STEP,
        dtypes="float64",
    ),
    bug(
        "PositionEmbedding: the last rows",
        patched(f"{POSITIONS}:PositionEmbedding.forward", last_rows),
        on(nl.PositionEmbedding(9)),
        STEP,
    ),
    bug(
        "PositionEmbedding: inputs scaled",
        patched(f"{POSITIONS}:PositionEmbedding.forward", scaled),
        on(nl.PositionEmbedding()),
        STEP,
    ),
    bug(
        "PositionEmbedding: gradient of one example",
        patched(f"{POSITIONS}:PositionEmbedding.forward", of_one_example),
        on(nl.PositionEmbedding()),
        "gradients",
    ),
    bug(
        "SinusoidalPosition: sines before cosines",
        patched(f"{POSITIONS}:SinusoidalPosition.forward", halves),
        TABLE,
        "outputs",
    ),
    bug(
        "SinusoidalPosition: exponents to the end",
        angles(exponents_to_the_end, POSITIONS),
        TABLE,
        "outputs",
    ),
    bug(
        "SinusoidalPosition: from position 1", angles(late, POSITIONS), TABLE, "outputs"
    ),
    bug(
        "SinusoidalPosition: angles in float32",
        angles(narrow, POSITIONS),
        TABLE,
        "outputs",
        dtypes="float64",
    ),
    bug(
        "ClassToken: after all others",
        patched(f"{POSITIONS}:ClassToken.forward", appended),
        on(nl.ClassToken()),
        STEP,
    ),
    bug(
        "ClassToken: not trained",
        patched(f"{POSITIONS}:ClassToken.forward", fixed),
        on(nl.ClassToken()),
        "gradients",
    ),
    bug(
        "ClassToken: the last position is lost",
        patched(f"{POSITIONS}:ClassToken.forward", replacing),
        on(nl.ClassToken()),
        STEP,
    ),
)
