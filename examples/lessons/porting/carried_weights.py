"""Weights that are carried over in another order load, and answer nothing.

Run it with `python examples/lessons/porting/carried_weights.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from netspec import Conv2D, Dense, Flatten, ReLU, Spec
from netspec.contract import Array, Arrays

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib.porting import Port, Way, check

HIDDEN = [Dense(64), ReLU()] * 2
MLP = Way(Spec("mlp", (784,), [*HIDDEN, Dense(10)], init="he"))

CHANNELS, POSITIONS = 8, 7 * 7  # behind two strides of 2 on 28 x 28
CONV = Conv2D(CHANNELS, 3, stride=2, padding="same")
LAYERS = [CONV, ReLU(), CONV, ReLU(), Flatten(), Dense(10)]
CNN = Way(Spec("cnn", (1, 28, 28), LAYERS, init="he"))


def transposed(weights: Arrays) -> Arrays:
    """Forget that the square matrix in the middle is transposed in JAX."""
    return {**weights, "2.weight": weights["2.weight"].T.copy()}


def reversed_axes(weights: Arrays) -> Arrays:
    """Carry kernels from JAX by `kernel.T`, which is (out, in, width, height)."""
    return {**weights, **{n: w.swapaxes(2, 3).copy() for n, w in kernels(weights)}}


def reshaped(weights: Arrays) -> Arrays:
    """Carry kernels from JAX, (height, width, in, out), by a reshape."""
    jax = {n: (w.transpose(2, 3, 1, 0), w.shape) for n, w in kernels(weights)}
    return {
        **weights,
        **{n: kernel.reshape(shape) for n, (kernel, shape) in jax.items()},
    }


def kernels(weights: Arrays) -> list[tuple[str, Array]]:
    """List the kernels of `CNN`, which PyTorch has as (out, in, height, width)."""
    return [(name, weights[name]) for name in ("0.weight", "2.weight")]


def by_position(weights: Arrays) -> Arrays:
    """Take the columns behind the flattening to be in the order of Flax."""
    weight = weights["5.weight"]
    columns = weight.reshape(-1, POSITIONS, CHANNELS).swapaxes(1, 2)
    return {**weights, "5.weight": columns.reshape(weight.shape)}


PORTS = (
    Port(
        "porting 2",
        "A square matrix fits without its transpose: no error, and the net guesses.",
        *(MLP, MLP, (0.4, 1.0), transposed),
    ),
    Port(
        "porting 3",
        "`kernel.T` of a kernel of JAX has the shape of PyTorch's where it is square,"
        " but height and width are swapped.",
        *(CNN, CNN, (0.1, 1.0), reversed_axes),
    ),
    Port(
        "porting 3",
        "`kernel.reshape(...)` to PyTorch's shape always loads; the net guesses.",
        *(CNN, CNN, (0.4, 1.0), reshaped),
    ),
    Port(
        "porting 4",
        "The layer behind a flattening fits whichever axis was last; with its columns"
        " in the other order the net guesses.",
        *(CNN, CNN, (0.4, 1.0), by_position),
    ),
)


def main() -> None:
    """Check sections 2 to 4."""
    for port in PORTS:
        check(port)


if __name__ == "__main__":
    main()
