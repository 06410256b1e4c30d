"""Mistakes in the optimizers of PyTorch, and the recipes that show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import torch
from torch import nn

import netspec_torch._training as of_torch
from netspec.conformance.training import STEPS
from netspec.contract import Optimizer
from tests.conformance.trained import RECIPES

Params = Iterable[nn.Parameter]
Optim = torch.optim.Optimizer
Make = Callable[[Optimizer, Params], Optim]

sound: Make = of_torch.to_torch


def changed(**fields: Any) -> Make:
    return lambda optimizer, params: sound(replace(optimizer, **fields), params)


def undecayed_biases(optimizer: Optimizer, params: Params) -> Optim:
    made = sound(optimizer, params)
    every = made.param_groups[0]["params"]
    made.param_groups[0]["params"] = [p for p in every if p.ndim > 1]
    made.add_param_group(
        {"params": [p for p in every if p.ndim == 1], "weight_decay": 0.0}
    )
    return made


def configured(**options: Any) -> Make:
    """With other options of PyTorch's own."""

    def make(optimizer: Optimizer, params: Params) -> Optim:
        made = sound(optimizer, params)
        for group in made.param_groups:
            group.update({k: v for k, v in options.items() if k in group})
        return made

    return make


def each_step(change: Callable[[dict[str, Any], int], None]) -> Make:
    """With options that change before every step."""

    def make(optimizer: Optimizer, params: Params) -> Optim:
        made, count = sound(optimizer, params), Counter[str]()

        def before(own: Optim, *_: Any) -> None:
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


Hook = Callable[[Optim, int], object]


def hooked(before: Hook | None = None, after: Hook | None = None) -> Make:
    """With functions of the optimizer and the number of a step, from 0, around it."""

    def make(optimizer: Optimizer, params: Params) -> Optim:
        made, count = sound(optimizer, params), Counter[str]()

        def then(own: Optim, *_: Any) -> None:
            count["step"] += 1
            if after is not None:
                after(own, count["step"] - 1)

        def first(own: Optim, *_: Any) -> None:
            if before is not None:
                before(own, count["step"])

        made.register_step_pre_hook(first)
        made.register_step_post_hook(then)
        return made

    return make


def held(own: Optim) -> list[nn.Parameter]:
    return [p for group in own.param_groups for p in group["params"]]


def counting(count: Callable[[int], int]) -> Make:
    """Adam counts its steps otherwise."""

    def before(own: Optim, step: int) -> None:
        for state in own.state.values():
            if "exp_avg" in state:
                state["step"].fill_(count(step))

    return hooked(before)


def remembered(change: Callable[[torch.Tensor], torch.Tensor]) -> Make:
    """What the optimizer remembers is changed after every step."""

    def after(own: Optim, _: int) -> None:
        for state in own.state.values():
            for name, value in state.items():
                if name != "step" and value is not None:
                    state[name] = change(value)

    return hooked(after=after)


def leaking() -> Make:
    """The velocity of the run before is taken over."""
    before: list[Optim] = []

    def make(optimizer: Optimizer, params: Params) -> Optim:
        made = sound(optimizer, params)
        if optimizer.changes_rate:  # the first with a velocity
            before.clear()
        if optimizer.momentum:
            old = [before[-1].state[p] for p in held(before[-1])] if before else []
            made.state.update(zip(held(made), old, strict=False))
            before.append(made)
        return made

    return make


def late_rate() -> Make:
    rates: list[float] = []

    def before(own: Optim, step: int) -> None:
        rates[step:] = [own.param_groups[0]["lr"]]
        own.param_groups[0]["lr"] = rates[max(0, step - 1)]

    return hooked(before)


def restarting() -> Make:
    """The velocity starts anew where the rate changes."""
    rates: list[float] = []

    def before(own: Optim, step: int) -> None:
        rates[step:] = [own.param_groups[0]["lr"]]
        if rates[step] != rates[step - 1]:
            own.state.clear()

    return hooked(before)


def one_forgotten(own: Optim, step: int) -> None:
    if step % 3 == 2:
        own.state[held(own)[0]].pop("momentum_buffer", None)


def late_gradient() -> Make:
    grads: dict[nn.Parameter, torch.Tensor] = {}

    def before(own: Optim, step: int) -> None:
        for p in held(own):
            assert p.grad is not None
            now = p.grad.clone()
            p.grad = grads[p] if step else now
            grads[p] = now

    return hooked(before)


def clipping() -> Make:
    """Gradients are clipped a little below the norm of the first."""
    norms: list[float] = []

    def before(own: Optim, step: int) -> None:
        grads = [p.grad for p in held(own) if p.grad is not None]
        norm = float(nn.utils.get_total_norm(grads))
        norms[step:] = [norm]
        nn.utils.clip_grad_norm_(held(own), 0.95 * norms[0])

    return hooked(before)


def off_by(factor: float) -> Make:
    def before(own: Optim, _: int) -> None:
        grad = held(own)[0].grad
        assert grad is not None
        grad.mul_(1 + factor)

    return hooked(before)


def narrow(own: Optim, _: int) -> None:
    with torch.no_grad():
        for p in held(own):
            p.copy_(p.float())


def forgetful(group: dict[str, Any], step: int) -> None:
    if "momentum" in group and step == STEPS // 2:
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
    "default betas": (changed(beta1=0.9, beta2=0.999), {"adam"}),
    "eps before the correction": (each_step(raw_eps), {"adam"}),
    "eps 1e-8": (changed(eps=1e-8), {"adam"}),
    "no bias correction": (each_step(uncorrected), {"adam"}),
    "bias correction stuck": (counting(lambda step: 0), {"adam"}),
    "count one ahead": (counting(lambda step: step + (step > 0)), {"adam"}),
    "velocity of the run before": (leaking(), {"weight decay"}),
    "rate one step late": (late_rate(), {"momentum"}),
    "velocity restarts with the rate": (restarting(), {"momentum"}),
    "one velocity forgotten": (hooked(one_forgotten), {"momentum", "weight decay"}),
    "gradient one step late": (late_gradient(), RECIPES),
    "gradients clipped": (clipping(), RECIPES),
    "decay 1% off": (
        lambda o, p: sound(replace(o, weight_decay=1.01 * o.weight_decay), p),
        {"weight decay", "adam"},
    ),
    "state in bfloat16": (
        remembered(lambda x: x.bfloat16().to(x.dtype)),
        {"momentum", "weight decay", "adam"},
    ),
    "a gradient off by 1e-2": (off_by(1e-2), RECIPES),
    "a gradient off by 1e-4": (off_by(1e-4), RECIPES),
}

# Seen in float64 alone: in float32 they are no mistakes
NARROW: dict[str, tuple[Make, set[str]]] = {
    "state in float32": (
        remembered(lambda x: x.float().to(x.dtype)),
        {"momentum", "weight decay", "adam"},
    ),
    "parameters in float32": (hooked(after=narrow), RECIPES),
}
