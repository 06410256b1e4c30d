"""Initializers whose scale follows the fans of what they draw."""

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
