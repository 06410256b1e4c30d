"""State how a model is trained: optimizers, losses, and what training comes to.

The definitions here are those that PyTorch and optax share; where a framework has a
way of its own, a field of `netspec.contract.Numerics` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, ParamSpec, TypeAlias, get_args

import numpy as np

from netspec.contract._guards import check_array, check_input, check_training_batch
from netspec.contract._protocol import Array
from netspec.errors import InputError, NetspecError, shorten
from netspec.layers import Shape
from netspec.spec import Spec

P = ParamSpec("P")

Method: TypeAlias = Literal["sgd", "adam"]

Loss: TypeAlias = Literal["mse", "cross_entropy"]
"""``mse``: the mean of the squared differences, over examples and outputs.
``cross_entropy``: the mean over examples of ``-log softmax(output)[label]``, where
outputs have shape (classes,).
"""

Watcher: TypeAlias = Callable[[int, dict[str, Array]], object]
"""What is told, after the update of each step, its number from 0, and copies of the
parameters and running statistics then, by canonical path, in canonical layout.
"""


@dataclass(frozen=True)
class Optimizer:
    """How parameters follow the gradient g of the mean loss.

    All methods first add ``weight_decay * w`` to g, for every trainable parameter w,
    biases and scales included. Then:

        sgd:   b = momentum * b + g,    w = w - lr * b
        adam:  m = beta1 * m + (1 - beta1) * g,    v = beta2 * v + (1 - beta2) * g^2,
               w = w - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)

    where b, m and v start at 0 and t counts from 1 (Kingma and Ba, "Adam: a method for
    stochastic optimization", 2015, algorithm 1).

    Attributes:
        method: ``"sgd"`` or ``"adam"``.
        lr: learning rate, of all steps or of each.
        momentum: of sgd; 0 for none.
        weight_decay: the factor of the L2 penalty's gradient.
        beta1: decay of the first moment, of adam.
        beta2: decay of the second moment.
        eps: added to the root of the second moment.
    """

    method: Method
    lr: float | tuple[float, ...]
    momentum: float = 0.0
    weight_decay: float = 0.0
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def __post_init__(self) -> None:
        _check_name("method", self.method, get_args(Method))

    def rates(self, steps: int) -> tuple[float, ...]:
        """Give the learning rate of each step.

        Raises:
            NetspecError: it has another number of them.
        """
        if not isinstance(self.lr, tuple):
            return (self.lr,) * steps
        if len(self.lr) != steps:
            raise NetspecError(
                f"lr must be one rate, or one for each of the {steps} steps, received"
                f" {len(self.lr)}"
            )
        return self.lr

    @property
    def changes_rate(self) -> bool:
        """Whether not all steps have the same learning rate."""
        return isinstance(self.lr, tuple) and len(set(self.lr)) > 1


@dataclass(frozen=True)
class Trained:
    """What training came to.

    Attributes:
        losses: of each step, before its update, (steps,), in the model's dtype.
        params: parameters and running statistics after the last step, by canonical
            path, in canonical layout.
    """

    losses: Array
    params: dict[str, Array]


@dataclass(frozen=True)
class Training:
    """Say how a model is trained; every part is checked.

    Attributes:
        xs: inputs, (steps, batch, *input_shape).
        ys: targets, (steps, batch, *output_shape), or labels, (steps, batch).
        optimizer: how to train.
        loss: what to minimize.
        rates: the learning rate of each step.
        dtype: of the model; where it has no parameters, of the inputs.
        seed: drives dropout; None leaves it to the framework's own generator.
        watch: see `TrainingBackend.train`; hooks call `tell` instead.
    """

    xs: Array
    ys: Array
    optimizer: Optimizer
    loss: Loss
    rates: tuple[float, ...]
    dtype: str
    seed: int | None
    watch: Watcher | None

    def tell(
        self,
        step: int,
        read: Callable[P, dict[str, Array]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Tell who watches, if anybody does, what the parameters are after a step.

        Args:
            step: its number, from 0.
            read: gives copies of them when it is called with what follows.
            args: for `read`.
            kwargs: for `read`.
        """
        if self.watch is not None:
            self.watch(step, read(*args, **kwargs))


def check_training(spec: Spec, xs: Array, ys: Array, loss: Loss, dtype: str) -> None:
    """Refuse what a model cannot be trained on.

    Args:
        spec: of the model.
        xs: inputs, (steps, batch, *input_shape).
        ys: targets or labels, as `TrainingBackend.train` takes them.
        loss: what to minimize.
        dtype: of the model.

    Raises:
        InputError: wrong type, shape, dtype or range.
        NetspecError: unknown loss.
    """
    _check_name("loss", loss, get_args(Loss))
    _check_shape("xs", xs, spec.input_shape, None)
    check_input(spec, xs.reshape(-1, *spec.input_shape), dtype)
    check_training_batch(spec, xs[0])
    _check_shape("ys", ys, spec.output_shape if loss == "mse" else (), xs.shape[:2])
    if loss == "mse" and ys.dtype != dtype:
        raise InputError(
            f"ys must be {dtype}, the dtype of the model, received {ys.dtype}; use"
            f" ys.astype({shorten(dtype)})"
        )
    if loss == "cross_entropy":
        _check_labels(spec, ys)


def check_optimizer(optimizer: Optimizer) -> None:
    """Refuse what is no Optimizer, such as the name of a method.

    Raises:
        NetspecError: says what was received.
    """
    if not isinstance(optimizer, Optimizer):
        raise NetspecError(
            "optimizer must be a netspec.contract.Optimizer, received"
            f" {shorten(optimizer)}"
        )


def check_watcher(watch: Watcher | None) -> None:
    """Refuse a watcher that cannot be called.

    Raises:
        NetspecError: neither None nor a function.
    """
    if watch is not None and not callable(watch):
        raise NetspecError(
            "watch must be a function of a step and its parameters, received"
            f" {shorten(watch)}"
        )


def _check_labels(spec: Spec, ys: Array) -> None:
    if len(spec.output_shape) != 1:
        raise InputError(
            "cross_entropy needs outputs of shape (classes,), the model's have shape"
            f" {spec.output_shape}; use mse"
        )
    (classes,) = spec.output_shape
    if not np.issubdtype(ys.dtype, np.integer):
        raise InputError(f"ys must hold integers, received {ys.dtype}")
    if ys.min() < 0 or ys.max() >= classes:
        raise InputError(
            f"labels must be in 0..{classes - 1}, received {ys.min()} to {ys.max()}"
        )


def _check_shape(
    name: str, array: Array, rest: Shape, batches: tuple[int, ...] | None
) -> None:
    """Refuse what is no array of the shape (*batches, *rest)."""
    if isinstance(array, np.ma.MaskedArray):
        check_array(name, array)
    shape = array.shape if isinstance(array, np.ndarray) else ()
    if len(shape) < 2 or shape[2:] != rest or shape[:2] != (batches or shape[:2]):
        wanted = ", ".join(map(str, (*(batches or ("steps", "batch")), *rest)))
        received = getattr(array, "shape", type(array).__name__)
        raise InputError(f"{name} must have shape ({wanted}), received {received}")


def _check_name(what: str, name: str, known: tuple[str, ...]) -> None:
    if not isinstance(name, str) or name not in known:
        names = " or ".join(map(repr, known))
        raise NetspecError(f"{what} must be {names}, received {shorten(name)}")
