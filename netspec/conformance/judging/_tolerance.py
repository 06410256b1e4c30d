"""The rule that says how far a backend may be from the reference.

With T_0 the float64 reference, T_m the same reference with every value rounded at
random to the unit roundoff u of the format under test, and |.| the 2-norm of a tensor:

    allowed = 8 * ( sqrt(mean over m of |T_m - T_0|^2) + u * |T_0| + t * sqrt(n) )

with t the smallest normal number of the format, below which values may become 0, and n
the number of values.

The replicas T_m measure what rounding does to this tensor of this model, so only
ill-conditioned tensors get more room. Nothing is set by hand for a layer, a framework
or a dtype.

What a step of training subtracts from a parameter w is read off the parameter as it is
stored, whose rounding adds at most 2 u |w|.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from netspec.conformance.judging._verdict import Verdict, failed, measured
from netspec.contract import Array

REPLICAS = 8
FACTOR = 8
WEAK, BLUNT = 1e-3, 0.1
ONE_SIDED = "NaN or infinity on one side only"
TOO_BLUNT = "too blunt: rounding alone may exceed a tenth of it"
UNIT_ROUNDOFF = {"float32": 2.0**-24, "float64": 2.0**-53}


@dataclass(frozen=True)
class Expected:
    """A tensor of the reference, and how far rounding spreads it.

    Attributes:
        exact: T_0.
        spread: ``sqrt(mean |T_m - T_0|^2)`` over the replicas.
        dtype: the format under test.
        stored: 2-norm of what is rounded when the tensor is stored in it, such as the
            parameter that an update moves; 0 if nothing is.
        scale: what the allowed distance must be small against, if it says anything; the
            norm of the tensor if None.
    """

    exact: Array
    spread: float
    dtype: str
    stored: float = 0.0
    scale: float | None = None

    @property
    def norm(self) -> float:
        return norm(self.exact)

    @property
    def size(self) -> float:
        """What `allowed` must be small against: `scale`, or the norm of the tensor."""
        return self.norm if self.scale is None else self.scale

    @property
    def allowed(self) -> float:
        """Largest distance from `exact` that passes, in the 2-norm."""
        unit = UNIT_ROUNDOFF[self.dtype]
        underflow = float(np.finfo(self.dtype).tiny) * math.sqrt(self.exact.size)
        rounding = self.spread + unit * self.norm + underflow
        return FACTOR * rounding + 2 * unit * self.stored

    @property
    def is_structural_zero(self) -> bool:
        """True if the tensor is zero up to float64 rounding, such as the gradient of a
        bias before BatchNorm; it is then compared as a zero.
        """
        ratio = UNIT_ROUNDOFF["float64"] / UNIT_ROUNDOFF[self.dtype]
        return self.allowed * ratio > WEAK * self.size

    @property
    def is_blunt(self) -> bool:
        """True if rounding alone may move the tensor so far that a pass says little."""
        return self.allowed > WEAK * self.size and not self.is_structural_zero


def judge(received: Array, expected: Expected) -> Verdict:
    """Judge a tensor of a backend by its distance from the expected one."""
    allowed = expected.allowed
    reason = is_malformed(received, expected)
    if reason:
        return failed(reason, allowed)
    used = distance(received, expected)
    verdict = measured(used, allowed, "too far from the reference")
    return weighed(verdict, expected.size) if expected.is_blunt else verdict


def weighed(verdict: Verdict, size: float) -> Verdict:
    """Return a verdict as it is if it fails or is sharp; a pass that says little as
    weak or, where even a gross mistake might pass, as inconclusive.

    Args:
        verdict: on a tensor.
        size: what the allowed distance must be small against, such as the norm of the
            tensor.
    """
    if not verdict.good or verdict.allowed <= WEAK * size:
        return verdict
    if verdict.allowed <= BLUNT * size:
        return replace(verdict, status="weak", reason="rounding alone may exceed 1e-3")
    return replace(verdict, status="inconclusive", reason=TOO_BLUNT)


def is_malformed(received: Array, expected: Expected) -> str:
    """Say why a tensor cannot be measured against the reference; empty if it can."""
    exact = expected.exact
    if type(received) is not np.ndarray:  # what derives from it may judge itself
        return f"{type(received).__name__} where a NumPy array is expected"
    if received.shape != exact.shape:
        return f"shape {received.shape}, the reference has {exact.shape}"
    if received.dtype != expected.dtype:
        return f"dtype {received.dtype}, the model has {expected.dtype}"
    if exact.size and np.isnan(exact.flat[0]) and np.isnan(exact).all():
        return "the reference is NaN throughout: the case decides nothing"
    finite = np.isfinite(exact)
    if not finite.all():
        same = np.array_equal(received[~finite], exact[~finite], equal_nan=True)
        if not same:
            return ONE_SIDED
        received = received[finite]
    return "" if np.isfinite(received).all() else ONE_SIDED


def distance(received: Array, expected: Expected) -> float:
    """Return how far a tensor is from the exact one, where that is finite."""
    exact, finite = expected.exact, np.isfinite(expected.exact)
    if not finite.all():
        received, exact = received[finite], exact[finite]
    return norm(received.astype(np.float64) - exact)


def norm(x: Array) -> float:
    """Return the 2-norm of all finite values."""
    square = float(np.vdot(x, x))
    return math.sqrt(square) if math.isfinite(square) else _finite_norm(x)


def _finite_norm(x: Array) -> float:
    return float(np.linalg.norm(x[np.isfinite(x)]))
