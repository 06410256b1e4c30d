"""The check of training fails where an optimizer, a loss or a result is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import netspec_torch._training as of_torch
from netspec.contract import Optimizer, Trained
from tests.conformance.courses import RECIPES, SMALL, check, failures
from tests.conformance.wrapped import Wrapped

dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])

# Mistakes in the optimizers of PyTorch, and the recipes that show them

Params = Iterable[nn.Parameter]
Make = Callable[[Optimizer, Params], torch.optim.Optimizer]

sound: Make = of_torch.to_torch


def changed(**fields: Any) -> Make:
    return lambda optimizer, params: sound(replace(optimizer, **fields), params)


def undecayed_biases(optimizer: Optimizer, params: Params) -> torch.optim.Optimizer:
    made = sound(optimizer, params)
    every = made.param_groups[0]["params"]
    made.param_groups[0]["params"] = [p for p in every if p.ndim > 1]
    made.add_param_group(
        {"params": [p for p in every if p.ndim == 1], "weight_decay": 0.0}
    )
    return made


def configured(**options: Any) -> Make:
    """With other options of PyTorch's own."""

    def make(optimizer: Optimizer, params: Params) -> torch.optim.Optimizer:
        made = sound(optimizer, params)
        for group in made.param_groups:
            group.update({k: v for k, v in options.items() if k in group})
        return made

    return make


def each_step(change: Callable[[dict[str, Any], int], None]) -> Make:
    """With options that change before every step."""

    def make(optimizer: Optimizer, params: Params) -> torch.optim.Optimizer:
        made, count = sound(optimizer, params), Counter[str]()

        def before(own: torch.optim.Optimizer, *_: Any) -> None:
            count["step"] += 1
            change(own.param_groups[0], count["step"])

        made.register_step_pre_hook(before)
        return made

    return make


def faster(group: dict[str, Any], step: int) -> None:
    group["lr"] *= 1.01


def raw_eps(group: dict[str, Any], step: int) -> None:
    if "betas" in group:
        root = (1 - group["betas"][1] ** step) ** 0.5
        group["eps"] = group.setdefault("first eps", group["eps"]) / root


def uncorrected(group: dict[str, Any], step: int) -> None:
    if "betas" in group:
        first, second = (1 - beta**step for beta in group["betas"])
        group["lr"] *= first / second**0.5
        raw_eps(group, step)


def forgetful(group: dict[str, Any], step: int) -> None:
    if "momentum" in group and step == 10:
        group["momentum"] = 0.0


MISTAKES: dict[str, tuple[Make, set[str]]] = {
    "rate one percent off": (each_step(faster), RECIPES),
    "no decay of biases": (undecayed_biases, {"weight decay", "adam"}),
    "decoupled decay": (configured(decoupled_weight_decay=True), {"adam"}),
    "no decay": (changed(weight_decay=0.0), {"weight decay", "adam"}),
    "Nesterov": (configured(nesterov=True), {"momentum", "weight decay"}),
    "dampening": (configured(dampening=0.1), {"momentum", "weight decay"}),
    "momentum 0.91": (
        lambda o, p: sound(replace(o, momentum=o.momentum and 0.91), p),
        {"momentum", "weight decay"},
    ),
    "momentum lost": (each_step(forgetful), {"momentum", "weight decay"}),
    "beta1 0.89": (changed(beta1=0.89), {"adam"}),
    "beta2 0.99": (changed(beta2=0.99), {"adam"}),
    "eps before the correction": (each_step(raw_eps), {"adam"}),
    "eps 1e-8": (changed(eps=1e-8), {"adam"}),
    "no bias correction": (each_step(uncorrected), {"adam"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@dtypes
def test_a_wrong_optimizer_is_seen(
    mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, shown = MISTAKES[mistake]
    monkeypatch.setattr("netspec_torch._backend.to_torch", make)
    assert failures(check("torch", SMALL, dtype)) == shown


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


class Edited(Wrapped):
    """A backend that tells something else of what training came to."""

    def __init__(self, edit: Callable[[Trained], Trained]) -> None:
        super().__init__("torch")
        self.edit = edit

    def train(self, *given: Any, **how: Any) -> Trained:
        trained: Trained = self.inner.train(*given, **how)  # type: ignore[attr-defined]
        return self.edit(trained)


EDITS: dict[str, Callable[[Trained], Trained]] = {
    "a loss too few": lambda t: replace(t, losses=t.losses[1:]),
    "losses after the update": lambda t: replace(t, losses=np.roll(t.losses, -1)),
    "stale statistics": lambda t: replace(
        t, params=t.params | {"1.running_mean": t.params["1.running_mean"] * 0.999}
    ),
    "no statistics": lambda t: replace(
        t, params={k: v for k, v in t.params.items() if "running" not in k}
    ),
    "another parameter": lambda t: replace(t, params={**t.params, "9": t.losses}),
    "NaN": lambda t: replace(t, losses=t.losses * np.nan),
}


@pytest.mark.parametrize("edit", EDITS)
def test_wrong_results_are_seen(edit: str) -> None:
    assert failures(check(Edited(EDITS[edit]))) == RECIPES
