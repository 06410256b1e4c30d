"""Dense and Embedding."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from netspec import Dense, Embedding
from netspec.contract import Array
from tests.kills import tensors as wrong
from tests.kills.bug import alone, bug
from tests.kills.inject import Params, patched, tampered

LINEAR = "torch.nn.functional:linear"
EMBEDDING = "torch.nn.functional:embedding"
DENSE = alone(Dense(5), (6,))
SQUARE = alone(Dense(6), (6,))
ROWS = alone(Dense(5))
TABLE = alone(Embedding(11, dim=4), (7,))


def on_weight(change: wrong.Change) -> Any:
    """A change of the gradient of the weight."""

    def linear(original: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Any:
        return original(x, wrong.hooked(weight, change), bias)

    return patched(LINEAR, linear)


def on_bias(change: wrong.Change) -> Any:
    """A change of the gradient of what the bias is added to, for the bias alone."""

    def linear(original: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Any:
        y = original(x, weight)
        return y + wrong.hooked(bias.expand_as(y), change)

    return patched(LINEAR, linear)


def rounded(change: wrong.Change) -> Any:
    """Factors of the product in a shorter format."""

    def linear(original: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Any:
        return original(change(x), change(weight), bias)

    return patched(LINEAR, linear)


def without_bias(original: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Any:
    return original(x, weight, bias * 0)


def first_row_only(gradient: Tensor) -> Tensor:
    """Summed over the batch, and over no other axis."""
    kept = torch.zeros_like(gradient)
    kept[:, 0, 0] = gradient[:, 0, 0]
    return kept


def transposed(params: Params) -> dict[str, Array]:
    return {path: value.T for path, value in params.items()}


def one_below(original: Any, x: Tensor, weight: Tensor, *rest: Any) -> Any:
    return original((x - 1).clamp(min=0), weight, *rest)


def last_one_counts(original: Any, x: Tensor, weight: Tensor, *rest: Any) -> Any:
    """Of equal indices only one gets its gradient, as where it is assigned."""
    flat = x.flatten()
    seen = (flat[:, None] == flat[None, :]).triu(1).any(1).view_as(x)
    y = original(x, weight, *rest)
    return torch.where(seen[..., None], y.detach(), y)


BUGS = (
    bug("bias dropped", patched(LINEAR, without_bias), DENSE, "outputs gradients"),
    bug(
        "kernel transposed on its way in",
        tampered(given=transposed),
        SQUARE,
        "outputs gradients init_values",
    ),
    bug(
        "kernel transposed in and out: round trips agree",
        tampered(given=transposed, read=transposed),
        SQUARE,
        "outputs gradients",
    ),
    bug(
        "gradient of the weight off by 1e-4",
        on_weight(wrong.times(1 + 1e-4)),
        DENSE,
        "gradients",
    ),
    bug(
        "gradient of the weight off by 1e-6",
        on_weight(wrong.times(1 + 1e-6)),
        DENSE,
        "gradients",
        dtypes="float64",
    ),
    bug(
        "gradient of the bias averaged over the batch",
        on_bias(lambda gradient: gradient / len(gradient)),
        DENSE,
        "gradients",
    ),
    bug(
        "gradient of the bias summed over the batch alone",
        on_bias(first_row_only),
        ROWS,
        "gradients",
    ),
    bug("products of bfloat16", rounded(wrong.bfloat16), DENSE, "outputs gradients"),
    bug("products of TF32", rounded(wrong.tf32), DENSE, "outputs gradients"),
    bug(
        "products of float32 in a float64 model",
        rounded(wrong.narrow),
        DENSE,
        "outputs gradients",
        dtypes="float64",
    ),
    bug(
        "Embedding reads the row before",
        patched(EMBEDDING, one_below),
        TABLE,
        "outputs gradients",
    ),
    bug(
        "Embedding keeps one gradient of equal indices",
        patched(EMBEDDING, last_one_counts),
        TABLE,
        "gradients",
    ),
)
