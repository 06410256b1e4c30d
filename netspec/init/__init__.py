"""Initial weights: laws, initializers, the policy that assigns them, and sampling."""

from netspec.init.base import INITIALIZERS, Initializer, initializer
from netspec.init.gain import gain
from netspec.init.initializers import (
    Constant,
    KaimingNormal,
    KaimingUniform,
    LeCunNormal,
    Normal,
    Ones,
    Orthogonal,
    TruncatedNormal,
    Uniform,
    VarianceScaling,
    XavierNormal,
    XavierUniform,
    Zeros,
)
from netspec.init.policy import PRESETS, InitPolicy, InitRule

__all__ = [
    "INITIALIZERS",
    "PRESETS",
    "Constant",
    "InitPolicy",
    "InitRule",
    "Initializer",
    "KaimingNormal",
    "KaimingUniform",
    "LeCunNormal",
    "Normal",
    "Ones",
    "Orthogonal",
    "TruncatedNormal",
    "Uniform",
    "VarianceScaling",
    "XavierNormal",
    "XavierUniform",
    "Zeros",
    "gain",
    "initializer",
]
