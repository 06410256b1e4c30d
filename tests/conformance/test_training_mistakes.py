"""The check of training fails where an optimizer or a loss is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from torch.nn import functional as F

import netspec_torch._training as of_torch
from tests.conformance.trained import RECIPES, SMALL, check, failures
from tests.conformance.wrong_optimizers import MISTAKES, NARROW

dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


@pytest.mark.parametrize("mistake", MISTAKES)
@dtypes
def test_a_wrong_optimizer_is_seen(
    mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, shown = MISTAKES[mistake]
    monkeypatch.setattr("netspec_torch._backend.to_torch", make)
    assert failures(check("torch", SMALL, dtype)) == shown


@pytest.mark.parametrize("mistake", NARROW)
@dtypes
def test_a_narrow_optimizer_is_seen(
    mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, shown = NARROW[mistake]
    monkeypatch.setattr("netspec_torch._backend.to_torch", make)
    expected = shown if dtype == "float64" else set()
    assert failures(check("torch", SMALL, dtype)) == expected


LOSSES: dict[str, tuple[Any, Any, set[str]]] = {
    "sum for mean": ("mse", lambda y, t: F.mse_loss(y, t, reduction="sum"), {"adam"}),
    "half": ("mse", lambda y, t: F.mse_loss(y, t) / 2, {"adam"}),
    "mean over examples": ("mse", lambda y, t: F.mse_loss(y, t) * 3, {"adam"}),
    "smoothed labels": (
        "cross_entropy",
        lambda y, t: F.cross_entropy(y, t, label_smoothing=0.001),
        RECIPES - {"adam"},
    ),
    "sum of entropies": (
        "cross_entropy",
        lambda y, t: F.cross_entropy(y, t, reduction="sum"),
        RECIPES - {"adam"},
    ),
}


@pytest.mark.parametrize("mistake", LOSSES)
@dtypes
def test_a_wrong_loss_is_seen(
    mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, loss, shown = LOSSES[mistake]
    monkeypatch.setitem(of_torch.LOSSES, name, loss)
    assert failures(check("torch", SMALL, dtype)) == shown
