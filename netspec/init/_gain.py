"""Gains: factors on the weights that undo the change of scale of an activation."""

from __future__ import annotations

import math

from netspec.errors import SpecError, shorten

GAINS = {
    "linear": 1.0,
    "conv1d": 1.0,
    "conv2d": 1.0,
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "leaky_relu": math.sqrt(2),
    "selu": 3 / 4,
}


def gain(nonlinearity: str, slope: float = 0.01) -> float:
    """Look up a gain in PyTorch's table (`torch.nn.init.calculate_gain`).

    Args:
        nonlinearity: linear, conv1d, conv2d, sigmoid, tanh, relu, leaky_relu, selu.
        slope: negative slope of leaky_relu, whose gain is ``sqrt(2 / (1 + slope^2))``.

    Raises:
        SpecError: the table has no such nonlinearity.

    Example:
        >>> gain("tanh")
        1.6666666666666667
    """
    if not isinstance(nonlinearity, str) or nonlinearity not in GAINS:
        raise SpecError(
            f"no gain for {shorten(nonlinearity)}; known: {', '.join(GAINS)}"
        )
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + slope * slope))
    return GAINS[nonlinearity]
