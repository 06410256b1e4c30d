"""Importers: what the readers take for something else, and what the middle mixes up."""

from __future__ import annotations

from typing import Any

import numpy as np

import netspec as ns
from netspec import BatchNorm, Conv2D, Dense, Parallel, Residual, Spec, Tanh
from tests.kills.bug import Bug, Inject, bug
from tests.kills.imported import (
    exchanged,
    layers,
    middle,
    operands,
    taken,
    weights,
    within,
)

PLANE = (4, 6, 6)
BOTH = "outputs gradients"
TWINS: list[list[ns.Layer]] = [[Dense(4), Tanh()], [Dense(4)]]
CHANNELS: list[list[ns.Layer]] = [
    [Conv2D(4, kernel_size=1)],
    [Conv2D(4, kernel_size=1), Tanh()],
]


def net(*held: ns.Layer, shape: tuple[int, ...] = (4,), reads: str = "float") -> Spec:
    return Spec("net", shape, list(held), input_dtype=reads)


def planted(
    name: str,
    inject: Inject,
    spec: Spec,
    seen_by: str = BOTH,
    dtypes: str = "float32 float64",
    backend: str = "gluon",  # which is quicker to read than PyTorch
) -> Bug:
    return bug(name, inject, spec, seen_by, dtypes, backend=backend)


def turned(order: tuple[Any, ...]) -> tuple[Any, ...]:
    return order[::-1]


def channels_last(weight: Any) -> Any:
    return weight.reshape(-1, 4, 6, 6).transpose(0, 2, 3, 1).reshape(weight.shape)


def half_turned(bias: Any) -> Any:
    return np.roll(bias, len(bias) // 4)


def in_place() -> Any:
    """Make a module that changes a value under another name before it is read."""
    import torch

    class Changed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = torch.nn.Linear(4, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.fc(x)
            y[:, :2].tanh_()
            return y

    return Changed()


NORM = net(BatchNorm(0.7, eps=0.2), shape=PLANE)
TIED = Spec("net", (4,), [Dense(4), Tanh(), Dense(4)], ties={"2.weight": "0.weight"})
CONV = net(Conv2D(4, kernel_size=3, padding=1), shape=PLANE)

BUGS = (
    planted(
        "operands of a difference swapped",
        operands("subtract", turned),
        net(Parallel(TWINS, merge="subtract")),
    ),
    planted(
        "operands of a product of matrices swapped",
        operands("matmul", turned),
        net(Parallel(TWINS, merge="matmul"), shape=(4, 4)),
    ),
    planted(
        "order of a concatenation reversed",
        operands("concat", turned),
        net(Parallel(CHANNELS), shape=PLANE),
    ),
    planted(
        "order of a stack reversed",
        operands("stack", turned),
        net(Parallel(TWINS, merge="stack")),
    ),
    planted(
        "a shortcut left out",
        operands("add", lambda reads: (reads[0],)),
        net(Residual([Dense(4), Tanh()]), Tanh()),
    ),
    planted(
        "branches reversed on their way into a container",
        middle(
            "_network:forked",
            lambda f, join, source, held, path: f(join, source, held[::-1], path),
        ),
        net(Parallel(CHANNELS), shape=PLANE),
    ),
    planted(
        "weights of branches of one shape swapped",
        middle("_imported:_parametric", lambda f, chain: list(f(chain))[::-1]),
        net(Parallel(TWINS)),
    ),
    planted("eps at its default", layers(BatchNorm, eps=1e-5), NORM),
    planted(
        "momentum taken for its complement",
        layers(BatchNorm, decay=lambda layer: 1 - layer.decay),
        NORM,
        "state",
    ),
    planted(
        "decay at its default: only training sees it",
        layers(BatchNorm, decay=0.9),
        NORM,
        "state",
    ),
    planted(
        "another framework's running variance",
        layers(BatchNorm, running_variance="biased"),
        net(BatchNorm(), shape=PLANE),
        "state",
        backend="torch",
    ),
    planted(
        "statistics kept in training", layers(BatchNorm, statistics="frozen"), NORM
    ),
    planted(
        "running mean and variance swapped",
        exchanged("running_mean", "running_var"),
        NORM,
        f"{BOTH} state",
    ),
    planted("scale and shift swapped", exchanged("weight", "bias"), NORM),
    planted(
        "dropout lost",
        taken(ns.Dropout, None),
        net(ns.Dropout(0.4)),
        "dropout",
        "float64",  # whose law is compared once
        backend="torch",
    ),
    planted(
        "dropout keeps what it should drop",
        layers(ns.Dropout, rate=lambda layer: (1 - layer.rate) % 1),
        net(ns.Dropout(0.3)),
        "dropout",
        "float64",  # whose law is compared once
        backend="torch",
    ),
    planted(
        "square kernel of Dense transposed",
        weights("weight", np.transpose, axes=2),
        net(Dense(4)),
    ),
    planted(
        "height and width of a kernel swapped",
        weights("weight", lambda w: w.swapaxes(2, 3), axes=4),
        CONV,
    ),
    planted(
        "channels in and out of a kernel swapped",
        weights("weight", lambda w: w.swapaxes(0, 1), axes=4),
        CONV,
    ),
    planted(
        "convolution taken for correlation",
        weights("weight", lambda w: w[..., ::-1, ::-1], axes=4),
        CONV,
    ),
    planted("bias left at 0", weights("bias", np.zeros_like), net(Dense(4)), "outputs"),
    planted(
        "flattened with the channels last",
        weights("weight", channels_last, axes=2),
        net(ns.Flatten(), Dense(3), shape=PLANE),
    ),
    planted(
        "padding counted in averages",
        layers(ns.AvgPool2D, count_include_pad=True),
        net(ns.AvgPool2D(3, stride=2, padding=1, count_include_pad=False), shape=PLANE),
    ),
    planted(
        "the maximum taken for the average",
        taken(ns.MaxPool2D, ns.AvgPool2D(2)),
        net(ns.MaxPool2D(2), shape=PLANE),
    ),
    planted(
        "padding on the other side",
        layers(ns.Pad2D, padding=lambda layer: tuple(p[::-1] for p in layer.padding)),
        net(ns.Pad2D(((0, 1), (2, 0))), Tanh(), shape=PLANE),
    ),
    planted(
        "slope at its default",
        layers(ns.LeakyReLU, slope=0.01),
        net(ns.LeakyReLU(0.3)),
        backend="torch",
    ),
    planted(
        "axis of a softmax lost",
        layers(ns.Softmax, axis=-1),
        net(ns.Softmax(1), shape=(4, 5)),
    ),
    planted(
        "axes permuted the other way",
        layers(ns.Permute, axes=(3, 1, 2)),
        net(ns.Permute((2, 3, 1)), shape=(3, 3, 3)),
    ),
    planted(
        "an offset lost",
        layers(ns.Rescale, offset=0.0),
        net(ns.Rescale(2.0, offset=1.0)),
        "outputs",
    ),
    planted(
        "weights through float16",
        weights("weight", lambda w: w.astype(np.float16).astype(w.dtype)),
        net(Dense(4)),
    ),
    planted(
        "gamma kept where it is fixed at 1",
        middle(
            "symbols._call:Call.flag",
            lambda f, call, key, default: key != "fix_gamma" and f(call, key, default),
        ),
        net(BatchNorm(scale=False), Tanh(), shape=PLANE),
    ),
    planted(
        "a change in place unseen under another name",
        within(
            "netspec_torch.importing._walk:_Walk._rename",
            lambda f, *given: None,
            in_place,
        ),
        net(Dense(4), Tanh()),
        backend="torch",
    ),
    planted(
        "ceil_mode dropped: another input shape sees it",
        layers(ns.MaxPool2D, ceil_mode=False),
        net(ns.MaxPool2D(3, stride=2, ceil_mode=True), Tanh(), shape=(4, 7, 7)),
        "outputs",
        "float64",
        backend="torch",
    ),
    planted(
        "bias of the wrong gate",
        weights("bias_ih_l0", half_turned),
        net(ns.LSTM(3), shape=(5, 4)),
        backend="torch",
    ),
    planted(
        "weights untied",
        middle("_imported:ties", lambda original, held: {}),
        TIED,
        "gradients",
    ),
)
