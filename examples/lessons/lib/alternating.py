"""Linear nets whose widths alternate, and what chance does to a signal in them.

A layer with weights of variance 1 / fan multiplies the mean square of a signal by
``fan_in / fan`` and that of a gradient by ``fan_out / fan``, times a chi-squared
variable over its degrees of freedom n, whose logarithm has the mean
``digamma(n / 2) - ln(n / 2)`` and the variance ``trigamma(n / 2)``.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import digamma, polygamma

import netspec
from lessons.lib import FRAMEWORKS
from netspec import Dense, InitPolicy, Spec, VarianceScaling
from netspec.contract import Array

DEPTH, WIDE, NARROW = 40, 256, 64
WIDTHS = [WIDE, *[NARROW, WIDE] * (DEPTH // 2)]
ONES = np.ones((1, WIDE), "float32")
Z = 3.29  # of a normal law, all but one in a thousand are within


def net(fan: str) -> Spec:
    """Build a linear net whose weights have the variance 1 / fan."""
    init = InitPolicy(VarianceScaling(1.0, fan=fan, distribution="normal"))
    layers = [Dense(width, bias=False) for width in WIDTHS[1:]]
    return Spec("linear", (WIDE,), layers, init=init)


def variances(spec: Spec) -> tuple[Array, Array]:
    """Measure the mean square of the signal after each layer, of an input of ones, and
    that of the gradient there, over that of the last one.
    """
    rows = netspec.probe(spec, FRAMEWORKS[-1], x=ONES)["spec"].rows
    signal, gradient = (
        np.array([moments.rms**2 for moments in column])
        for column in zip(*((row.output, row.grad_output) for row in rows), strict=True)
    )
    return signal, gradient / gradient[-1]


def chance(degrees: list[int]) -> tuple[float, float]:
    """Bound a product of chi-squared variables over their degrees of freedom."""
    half = np.array(degrees) / 2
    mean = float((digamma(half) - np.log(half)).sum())
    spread = Z * math.sqrt(float(polygamma(1, half).sum()))
    return math.exp(mean - spread), math.exp(mean + spread)
