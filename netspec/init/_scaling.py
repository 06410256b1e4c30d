"""Initializers whose variance is ``scale / fan``, by three numbers and words, and the
names that libraries have for some of them.
"""

from __future__ import annotations

from functools import singledispatch
from typing import NamedTuple

from netspec.init._base import Initializer
from netspec.init._gain import gain
from netspec.init._initializers import (
    KaimingNormal,
    KaimingUniform,
    LeCunNormal,
    VarianceScaling,
    XavierNormal,
    XavierUniform,
)


class Scaling(NamedTuple):
    """Variance ``scale / fan``.

    Attributes:
        scale: 2 is He, 1 is LeCun or Glorot.
        fan: ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``, their mean.
        distribution: ``"uniform"``, ``"normal"`` or ``"truncated_normal"``.
    """

    scale: float
    fan: str
    distribution: str

    @property
    def name(self) -> str | None:
        """What `jax.nn.initializers` and `keras.initializers` call it, if they do."""
        return NAMES.get(self)

    @property
    def cut(self) -> str | None:
        """What they call the one whose normal distribution has no tails, if they do."""
        return NAMES.get(self._replace(distribution=f"truncated_{self.distribution}"))


NAMES = {
    Scaling(1.0, "fan_avg", "uniform"): "glorot_uniform",
    Scaling(1.0, "fan_avg", "truncated_normal"): "glorot_normal",
    Scaling(1.0, "fan_in", "uniform"): "lecun_uniform",
    Scaling(1.0, "fan_in", "truncated_normal"): "lecun_normal",
    Scaling(2.0, "fan_in", "uniform"): "he_uniform",
    Scaling(2.0, "fan_in", "truncated_normal"): "he_normal",
}


@singledispatch
def scaling(initializer: Initializer | None) -> Scaling | None:
    """Return how an initializer scales with fans; None if it does not, or says it in
    another way.
    """
    return None


@scaling.register
def _xavier(initializer: XavierUniform | XavierNormal) -> Scaling:
    normal = isinstance(initializer, XavierNormal)
    scale = _square(initializer.gain)
    return Scaling(scale, "fan_avg", "normal" if normal else "uniform")


@scaling.register
def _kaiming(initializer: KaimingUniform | KaimingNormal) -> Scaling:
    normal = isinstance(initializer, KaimingNormal)
    scale = _square(gain(initializer.nonlinearity, initializer.slope))
    return Scaling(scale, initializer.fan, "normal" if normal else "uniform")


@scaling.register
def _lecun(initializer: LeCunNormal) -> Scaling:
    return Scaling(1.0, "fan_in", "truncated_normal")


@scaling.register
def _variance(initializer: VarianceScaling) -> Scaling:
    return Scaling(initializer.scale, initializer.fan, initializer.distribution)


def _square(gain: float) -> float:
    return float(f"{gain**2:.15g}")  # 2 for sqrt(2)
