"""Training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from netspec import BatchNorm, Dense, Spec, Tanh
from tests.kills import tensors as wrong
from tests.kills.bug import Bug, bug
from tests.kills.inject import patched, replaced

NET = Spec("net", (6,), [Dense(5, bias=False), BatchNorm(), Tanh(), Dense(3)])
SGD = "torch.optim:SGD"
ADAM = "torch.optim:Adam"
TRAIN = "netspec_torch._backend:train"


def seen(name: str, inject: Any, dtypes: str = "float32 float64") -> Bug:
    return bug(name, inject, NET, "training", dtypes)


def options(target: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """An optimizer gets other options."""

    def made(original: Any, params: Any, **given: Any) -> Any:
        return original(params, **{**given, **change(given)})

    return patched(target, made)


def second(betas: tuple[float, float]) -> tuple[float, float]:
    """Another decay of the second moment."""
    return betas[0], 1.01 * betas[1]


def decay_of_weights(original: Any, params: Any, **given: Any) -> Any:
    """Biases, scales and shifts do not decay."""
    held = list(params)
    none = {"params": [p for p in held if p.dim() < 2], "weight_decay": 0.0}
    return original([{"params": [p for p in held if p.dim() > 1]}, none], **given)


def decoupled(original: Any, params: Any, **given: Any) -> Any:
    """The decay acts on the parameters, not through the velocity."""
    held, decay = list(params), given.pop("weight_decay")
    optimizer = original(held, **given)

    def shrink(own: Any, *_: Any) -> None:
        with torch.no_grad():
            for p in held:
                p.mul_(1 - own.param_groups[0]["lr"] * decay)

    optimizer.register_step_pre_hook(shrink)
    return optimizer


def without_correction(original: Any, params: Any, **given: Any) -> Any:
    """Every step is corrected as if it were a late one."""
    optimizer = original(params, **given)

    def late(own: Any, *_: Any) -> None:
        for state in own.state.values():
            state["step"] += 10_000 if state["step"] < 10_000 else 0

    def first(own: Any, *_: Any) -> None:
        late(own)

    optimizer.register_step_pre_hook(first)
    optimizer.register_step_post_hook(late)
    return optimizer


def changed_gradients(change: wrong.Change) -> Any:
    """Every gradient is changed before a step."""

    def made(original: Any, params: Any, **given: Any) -> Any:
        held = list(params)
        optimizer = original(held, **given)

        def hook(own: Any, *_: Any) -> None:
            for p in held:
                p.grad = change(p.grad)

        optimizer.register_step_pre_hook(hook)
        return optimizer

    return patched(SGD, made)


def rates(change: Callable[[Any], Any]) -> Any:
    """Other learning rates than asked for."""

    def train(original: Any, *given: Any) -> Any:
        *rest, asked = given
        return original(*rest, change(asked))

    return patched(TRAIN, train)


def losses(change: Callable[..., Any]) -> Any:
    """Another loss, of the framework's and its arguments."""

    def train(
        original: Any, model: Any, xs: Any, ys: Any, own: Any, f: Any, r: Any
    ) -> Any:
        return original(model, xs, ys, own, lambda y, t: change(f, y, t), r)

    return patched(TRAIN, train)


def in_evaluation(original: Any, model: Any, *rest: Any) -> Any:
    model.eval()
    return original(model, *rest)


def accumulating(
    original: Any, model: Any, xs: Any, ys: Any, own: Any, *rest: Any
) -> Any:
    """Gradients are not set to zero."""
    own.zero_grad = lambda: None
    return original(model, xs, ys, own, *rest)


def forgetful(original: Any, params: Any, **given: Any) -> Any:
    """The velocity starts anew with every step."""
    optimizer = original(params, **given)
    optimizer.register_step_post_hook(lambda own, *_: own.state.clear())
    return optimizer


def rated_velocity(original: Any, params: Any, **given: Any) -> Any:
    """The velocity holds the rate, as in MXNet, and nothing declares it."""
    optimizer, before = original(params, **given), [0.0]

    def rescale(own: Any, *_: Any) -> None:
        rate = own.param_groups[0]["lr"]
        for state in own.state.values():
            if state.get("momentum_buffer") is not None:
                state["momentum_buffer"] *= before[0] / rate
        before[0] = rate

    optimizer.register_step_pre_hook(rescale)
    return optimizer


def shifted(f: Any, y: Any, target: Any) -> Any:
    """Labels smoothed, where targets are labels."""
    if target.dtype.is_floating_point:
        return f(y, target)
    return torch.nn.functional.cross_entropy(y, target, label_smoothing=0.01)


BUGS = (
    seen("weight decay of weights alone", patched(SGD, decay_of_weights)),
    seen("weight decay beside the velocity", patched(SGD, decoupled)),
    seen("weight decay forgotten", options(SGD, lambda given: {"weight_decay": 0})),
    seen(
        "momentum with dampening",
        options(SGD, lambda given: {"dampening": 0.1 if given["momentum"] else 0}),
    ),
    seen(
        "Nesterov's momentum",
        options(SGD, lambda given: {"nesterov": given["momentum"] > 0}),
    ),
    seen(
        "momentum 0.91 for 0.9",
        options(SGD, lambda given: {"momentum": 0.91 if given["momentum"] else 0}),
    ),
    seen("velocity forgotten", patched(SGD, forgetful)),
    seen("velocity holds the rate", patched(SGD, rated_velocity)),
    seen(
        "Adam: eps ten times as large",
        options(ADAM, lambda given: {"eps": 10 * given["eps"]}),
    ),
    seen(
        "Adam: beta2 1% off",
        options(ADAM, lambda given: {"betas": second(given["betas"])}),
    ),
    seen("Adam: bias correction forgotten", patched(ADAM, without_correction)),
    seen("Adam: as AdaMax", replaced(ADAM, torch.optim.Adamax)),
    seen(
        "Adam: the largest second moment",
        options(ADAM, lambda given: {"amsgrad": True}),
    ),
    seen("learning rate 1% off", rates(lambda asked: [1.01 * rate for rate in asked])),
    seen(
        "learning rate of the first step for all",
        rates(lambda asked: [asked[0]] * len(asked)),
    ),
    seen("loss summed over the batch", losses(lambda f, y, t: f(y, t) * len(y))),
    seen("loss halved", losses(lambda f, y, t: f(y, t) / 2)),
    seen("labels smoothed", losses(shifted)),
    seen("gradients accumulate", patched(TRAIN, accumulating)),
    seen("gradients clipped", changed_gradients(lambda g: g.clamp(-0.01, 0.01))),
    seen("BatchNorm in evaluation mode", patched(TRAIN, in_evaluation)),
)
