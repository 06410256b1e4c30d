"""Mistakes that are typical of MXNet, and its own that netspec works around."""

from __future__ import annotations

from functools import partial
from typing import Any

from netspec import BatchNorm, Dense, LeakyReLU, MaxPool2D, Spec, Tanh
from netspec import layers as nl
from tests.kills import bug as planted
from tests.kills.inject import misread, patched, replaced

bug = partial(planted.bug, backend="gluon")
ACTIVATIONS = "netspec_gluon.support.activations"
NET = Spec("net", (6,), [Dense(5), Tanh(), Dense(3)])
STEP = "outputs gradients"


def fixed_gamma(original: Any, *args: Any, **how: Any) -> Any:
    """MXNet's default, where `nn.BatchNorm` has another one."""
    return original(*args, **{**how, "fix_gamma": True})


def always_training(original: Any, *args: Any, **how: Any) -> Any:
    """The default of `backward`, which is not that of `record`."""
    return original(*args, **{**how, "train_mode": True})


def native_selu(original: Any, block: Any, F: Any, x: Any) -> Any:
    return F.LeakyReLU(x, act_type="selu")


def native_leaky(original: Any, block: Any, F: Any, x: Any) -> Any:
    return F.LeakyReLU(x, act_type="leaky", slope=block.slope)


def native_softplus(original: Any, block: Any, F: Any, x: Any) -> Any:
    return F.Activation(x, act_type="softrelu")


def native_gelu(original: Any, block: Any, F: Any, x: Any) -> Any:
    return F.LeakyReLU(x, act_type="gelu")


def one_example(original: Any, trainer: Any, batch: int) -> Any:
    """``trainer.step(1)``: gradients are summed, not averaged."""
    return original(trainer, 1)


def half_of_squares(original: Any, loss: Any, **how: Any) -> Any:
    """`L2Loss` as it is: half of the mean squared error."""
    return original(loss)


BUGS = (
    bug(
        "momentum of PyTorch",
        misread(decay=lambda layer: 1 - layer.decay),
        BatchNorm(),
        "state",
    ),
    bug(
        "fix_gamma", patched("mxnet.ndarray:BatchNorm", fixed_gamma), BatchNorm(), STEP
    ),
    bug(
        "backward in training mode",
        patched("mxnet.autograd:grad", always_training),
        BatchNorm(),
        "gradients",
    ),
    bug(
        "oneDNN forgets maxima in evaluation",
        replaced("netspec_gluon._backend:_forgets_maxima", lambda *given: False),
        MaxPool2D(2),
        "gradients",
        dtypes="float32",
    ),
    bug(
        "nn.SELU",
        patched(f"{ACTIVATIONS}:SELU.hybrid_forward", native_selu),
        nl.SELU(),
        "gradients",
    ),
    bug(
        "nn.LeakyReLU in float64",
        patched(f"{ACTIVATIONS}:LeakyReLU.hybrid_forward", native_leaky),
        LeakyReLU(),
        STEP,
        dtypes="float64",
    ),
    bug(
        "nn.GELU in float64",
        patched(f"{ACTIVATIONS}:GELU.hybrid_forward", native_gelu),
        nl.GELU(),
        STEP,
        dtypes="float64",
    ),
    bug(
        "softrelu in float64",
        patched(f"{ACTIVATIONS}:Softplus.hybrid_forward", native_softplus),
        nl.Softplus(),
        "outputs",
        dtypes="float64",
    ),
    bug(
        "step of one example",
        patched("mxnet.gluon:Trainer.step", one_example),
        NET,
        "training",
    ),
    bug(
        "L2Loss for the mean squared error",
        patched("mxnet.gluon.loss:L2Loss.__init__", half_of_squares),
        NET,
        "training",
    ),
)
