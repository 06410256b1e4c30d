"""The one rule that says how far a backend may be from the reference.

With T_0 the float64 reference, T_m the same reference with every value rounded at
random to the unit roundoff u of the format under test, and |.| the 2-norm of a tensor:

    allowed = 8 * ( sqrt(mean over m of |T_m - T_0|^2) + u * |T_0| )

The replicas T_m measure what rounding does to this tensor of this model, so ill
conditioned tensors get room, and only they. Nothing is set by hand for a layer, a
framework or a dtype.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netspec.backend import Array

REPLICAS = 8
FACTOR = 8
WEAK = 1e-3
UNIT_ROUNDOFF = {"float32": 2.0**-24, "float64": 2.0**-53}


@dataclass(frozen=True)
class Expected:
    """What the reference says of one tensor.

    Attributes:
        exact: T_0.
        spread: ``sqrt(mean |T_m - T_0|^2)`` over the replicas.
        dtype: the format under test.
    """

    exact: Array
    spread: float
    dtype: str

    @property
    def norm(self) -> float:
        return norm(self.exact)

    @property
    def allowed(self) -> float:
        """The largest distance from `exact` that passes."""
        return FACTOR * (self.spread + UNIT_ROUNDOFF[self.dtype] * self.norm)

    @property
    def is_structural_zero(self) -> bool:
        """Whether even float64 rounding exceeds the tensor, such as the gradient of
        a bias before BatchNorm. Such a tensor is a zero, and is compared as one.
        """
        ratio = UNIT_ROUNDOFF["float64"] / UNIT_ROUNDOFF[self.dtype]
        return self.allowed * ratio > WEAK * self.norm


@dataclass(frozen=True)
class Verdict:
    """The comparison of one tensor.

    Attributes:
        status: ``"pass"``; ``"fail"``; or ``"weak"``, within what is allowed where
            that is over 1e-3 of the tensor, which is counted and is not a pass.
        used: distance from the reference, in the 2-norm.
        allowed: the most that passes.
        reason: what is wrong; empty for a pass.
    """

    status: str
    used: float
    allowed: float
    reason: str = ""

    @property
    def ratio(self) -> float:
        """Used over allowed; at most 1 passes."""
        if self.used == 0:
            return 0.0
        return self.used / self.allowed if self.allowed else math.inf

    def __str__(self) -> str:
        numbers = f"used/allowed {self.ratio:.3g} ({self.used:.3g}/{self.allowed:.3g})"
        return f"{self.status}: {numbers}" + (f"; {self.reason}" if self.reason else "")


def judge(received: Array, expected: Expected) -> Verdict:
    """Compare a tensor with what the reference says of it."""
    exact, allowed = expected.exact, expected.allowed
    reason = _malformed(received, expected)
    if reason:
        return Verdict("fail", math.inf, allowed, reason)
    finite = np.isfinite(exact)
    used = norm(received[finite].astype(np.float64) - exact[finite])
    if not used <= allowed:
        return Verdict("fail", used, allowed, "too far from the reference")
    if allowed > WEAK * expected.norm and not expected.is_structural_zero:
        return Verdict("weak", used, allowed, "rounding alone may exceed 1e-3 of it")
    return Verdict("pass", used, allowed)


def _malformed(received: Array, expected: Expected) -> str:
    exact = expected.exact
    if received.shape != exact.shape:
        return f"shape {received.shape}, the reference has {exact.shape}"
    if received.dtype != expected.dtype:
        return f"dtype {received.dtype}, the model has {expected.dtype}"
    if exact.size and np.isnan(exact).all():
        return "the reference is NaN throughout: the case decides nothing"
    finite = np.isfinite(exact)
    same = np.array_equal(received[~finite], exact[~finite], equal_nan=True)
    if not (same and np.isfinite(received[finite]).all()):
        return "NaN or infinity on one side only"
    return ""


def norm(x: Array) -> float:
    """The 2-norm of all finite values."""
    return float(np.linalg.norm(x[np.isfinite(x)]))
