"""What comes out of a backend, whatever the layer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netspec import BatchNorm, Conv2D, Dense, Flatten, LayerNorm, ReLU, Spec
from netspec.contract import Array, Step
from netspec.init import InitPolicy, Uniform
from tests.kills.bug import bug
from tests.kills.inject import tampered

NET = Spec(
    "net",
    (2, 7, 6),
    [Conv2D(3, kernel_size=(3, 2)), BatchNorm(), ReLU(), Flatten(), Dense(4)],
)

HUGE = InitPolicy(Uniform(1e38, 1.5e38))
FINITE = Spec("finite", (6,), [*[Dense(5)] * 9, LayerNorm()])
OVERFLOW = Spec("overflow", (6,), [*[Dense(5)] * 9, LayerNorm()], init=HUGE)


def one_nan(output: Array) -> Array:
    changed = output.copy()
    changed.flat[0] = np.nan
    return changed


def input_gradient_of_first(step: Step) -> Step:
    gradient = np.array(step.grad_input)
    gradient[1:] = gradient[:1]
    return replace(step, grad_input=gradient)


def gradients_swapped(step: Step) -> Step:
    """Sorted by shape, as a checker that sorts would not see."""
    grads = {
        p: np.sort(g, axis=None).reshape(g.shape) for p, g in step.grad_params.items()
    }
    return replace(step, grad_params=grads)


def without_state(step: Step) -> Step:
    return replace(step, state={})


def mean_of_batch(step: Step) -> Step:
    size = len(step.output)
    return replace(step, grad_params={p: g / size for p, g in step.grad_params.items()})


BUGS = (
    bug(
        "output low by 7.0",
        tampered(output=lambda y: y - y.dtype.type(7)),
        NET,
        "outputs",
    ),
    bug(
        "output low by 1e-4",
        tampered(output=lambda y: y - y.dtype.type(1e-4)),
        NET,
        "outputs",
    ),
    bug(
        "output permuted", tampered(output=lambda y: y[:, ::-1].copy()), NET, "outputs"
    ),
    bug("examples permuted", tampered(output=lambda y: y[::-1].copy()), NET, "outputs"),
    bug("sign of the output", tampered(output=np.abs), NET, "outputs"),
    bug(
        "output cut to its first half",
        tampered(output=lambda y: y[:, :2]),
        NET,
        "outputs",
    ),
    bug(
        "output through float16",
        tampered(output=lambda y: y.astype(np.float16).astype(y.dtype)),
        NET,
        "outputs",
    ),
    bug(
        "output of another dtype",
        tampered(output=lambda y: y.astype(np.float16)),
        NET,
        "outputs",
    ),
    bug("one NaN", tampered(output=one_nan), NET, "outputs"),
    bug("NaN throughout", tampered(output=lambda y: y * np.nan), NET, "outputs"),
    bug(
        "NaN on both sides",
        tampered(output=lambda y: y * np.nan),
        OVERFLOW,
        "outputs",
        sound=FINITE,
    ),
    bug(
        "gradient of the input of the first example for all",
        tampered(step=input_gradient_of_first),
        NET,
        "gradients",
    ),
    bug(
        "gradients of parameters sorted",
        tampered(step=gradients_swapped),
        NET,
        "gradients",
    ),
    bug(
        "gradients of parameters averaged over the batch",
        tampered(step=mean_of_batch),
        NET,
        "gradients",
    ),
    bug("no running statistics", tampered(step=without_state), NET, "state"),
)
