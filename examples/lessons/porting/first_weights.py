"""First weights that nobody named, and what they cost after a hundred steps.

Run it with `python examples/lessons/porting/first_weights.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from netspec import (
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    InitPolicy,
    KaimingNormal,
    Normal,
    ReLU,
    Spec,
    Tanh,
    Uniform,
    VarianceScaling,
    XavierNormal,
)
from netspec.contract import Optimizer

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib.porting import LENGTH, Port, Way, alphabet, check

# Gluon's MSRAPrelu(): the mean fan, and a slope of 0.25
MSRA = VarianceScaling(2 / (1 + 0.25**2), fan="fan_avg", distribution="normal")
WIDE = XavierNormal(gain=3**0.5)  # Gluon's Xavier("gaussian")


def dense(depth: int, init: str | InitPolicy) -> Way:
    """Build hidden layers of 64 units."""
    hidden = [Dense(64), ReLU()] * depth
    return Way(Spec("dense", (784,), [*hidden, Dense(10)], init=init))


def slow(init: InitPolicy) -> Way:
    """Train five of them at a rate that suits Kaiming's weights."""
    return dense(5, init)._replace(optimizer=Optimizer("sgd", 0.03))


def conv(init: str) -> Way:
    """Build three convolutions and a classifier."""
    halves = [Conv2D(16, 3, stride=2, padding=1), ReLU()]
    layers = [*halves, *halves, Conv2D(16, 3, padding=1), ReLU(), Flatten(), Dense(10)]
    return Way(Spec("conv", (1, 28, 28), layers, init=init))


def text(rows: Normal | Uniform) -> Way:
    """Build a net that foretells the next character of a text; only its rows differ."""
    layers = [Embedding(alphabet(), 16), Flatten(), Dense(64), Tanh()]
    spec = Spec(
        *("text", (LENGTH,), [*layers, Dense(alphabet())]),
        *(InitPolicy(embedding=rows), "int"),
    )
    return Way(spec, Optimizer("sgd", 0.5), steps=200)


PORTS = (
    Port(
        "porting 5",
        "Three hidden layers learn more slowly from Gluon's first weights than from"
        " PyTorch's: between layers of 64 units they are about half as large.",
        *(dense(3, "torch"), dense(3, "gluon"), (0.05, 1.0)),
    ),
    Port(
        "porting 6",
        "Three convolutions learn more slowly from Gluon's first weights than from"
        " PyTorch's.",
        *(conv("torch")._replace(steps=50), conv("gluon")._replace(steps=50)),
        (0.02, 1.0),
    ),
    Port(
        "porting 7",
        "A net that foretells the next character of a text learns more slowly from"
        " Gluon's small rows than from PyTorch's N(0, 1).",
        *(text(Normal(1)), text(Uniform(-0.07, 0.07)), (0.01, 0.5)),
    ),
    Port(
        "porting 8",
        "Four hidden layers with Xavier's normal law, and with Gluon's, sqrt(3) times"
        " as wide: at the rate that was right for the one the other learns less.",
        *(dense(4, InitPolicy(XavierNormal())), dense(4, InitPolicy(WIDE))),
        (0.05, 1.0),
    ),
    Port(
        "porting 9",
        "Five hidden layers with Kaiming's law, and with the defaults of Gluon's"
        " MSRAPrelu: little is lost.",
        *(slow(InitPolicy(KaimingNormal("relu"))), slow(InitPolicy(MSRA))),
        (-0.03, 0.06),
    ),
)


def main() -> None:
    """Check sections 5 to 9."""
    for port in PORTS:
        check(port)


if __name__ == "__main__":
    main()
