"""Initializers whose scale follows the fans of what they draw, and others."""

from __future__ import annotations

from netspec import init as ni

SCALED: tuple[ni.Initializer, ...] = (
    ni.XavierUniform(),
    ni.XavierUniform(5 / 3),
    ni.XavierNormal(0.7),
    ni.KaimingUniform("relu"),
    ni.KaimingUniform("selu", fan="fan_out"),
    ni.KaimingUniform("leaky_relu", slope=0.3),
    ni.KaimingNormal("relu"),
    ni.KaimingNormal("tanh", fan="fan_out"),
    ni.KaimingNormal("leaky_relu"),
    ni.KaimingNormal("leaky_relu", slope=0),
    ni.KaimingNormal("sigmoid", slope=0.5),
)
VARIANCES: tuple[ni.Initializer, ...] = (
    ni.VarianceScaling(2, fan="fan_out", distribution="uniform"),
    ni.VarianceScaling(0.3, fan="fan_avg", distribution="normal"),
    ni.VarianceScaling(2, fan="fan_out", distribution="truncated_normal"),
)
PLAIN: tuple[ni.Initializer, ...] = (
    ni.Uniform(-0.1, 0.3),
    ni.Uniform(-0.07, 0.07),
    ni.Normal(0.02, mean=0.01),
    ni.Normal(),
    ni.TruncatedNormal(0.5),
    ni.TruncatedNormal(0.5, mean=1, low=-1, high=3),
    ni.TruncatedNormal(2, low=0.5, high=1),
    ni.LeCunNormal(),
)
