"""Initializers. Fans come from a parameter's role, not from its axis order."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY

from netspec.declare import Field, Parameter
from netspec.declare.rules import NONNEGATIVE, POSITIVE, REAL, Rule, choice
from netspec.errors import SpecError, shorten
from netspec.init import distributions
from netspec.init._base import Initializer, initializer
from netspec.init._cut import need_mass
from netspec.init._gain import GAINS, gain

FAN: Rule[str, str] = choice("fan_in", "fan_out")
NONLINEARITY: Rule[str, str] = choice(*GAINS)

# std of N(0, 1) cut to [-2, 2]; dividing by it keeps the variance (JAX, Keras)
TRUNCATED_STD = 0.87962566103423978


def scaled_law(
    parameter: Parameter, scale: float, fan: str, distribution: str
) -> distributions.Law:
    """Return the distribution with mean 0 and variance ``scale / fan``.

    Raises:
        SpecError: the parameter has no fans, or the variance is no positive float.
    """
    if parameter.fan_in is None or parameter.fan_out is None:
        raise SpecError(
            f"an initializer that scales with fans cannot draw a {parameter.role};"
            " use Constant, Normal or Uniform"
        )
    fans = {"fan_in": parameter.fan_in, "fan_out": parameter.fan_out}
    fans["fan_avg"] = sum(fans.values()) / 2  # type: ignore[assignment]
    std = math.sqrt(scale / fans[fan])
    if not 0 < std < math.inf:
        raise SpecError(
            f"the variance must be a positive float, received {scale:.3g} divided by"
            f" {fan} {fans[fan]}; use a scale or gain nearer to 1"
        )
    if distribution == "uniform":
        return distributions.Uniform(-math.sqrt(3) * std, math.sqrt(3) * std)
    if distribution == "normal":
        return distributions.Normal(0.0, std)
    return distributions.TruncatedNormal(0.0, std / TRUNCATED_STD, (-2.0, 2.0))


@initializer
class Constant(Initializer):
    """One value everywhere.

    Attributes:
        value: the value.
    """

    value: Field[float, float] = Field(REAL)

    def law(self, parameter: Parameter) -> distributions.Law:
        return distributions.Point(self.value)


@initializer
class Zeros(Initializer):
    """0 everywhere."""

    def law(self, parameter: Parameter) -> distributions.Law:
        return distributions.Point(0.0)


@initializer
class Ones(Initializer):
    """1 everywhere."""

    def law(self, parameter: Parameter) -> distributions.Law:
        return distributions.Point(1.0)


@initializer
class Uniform(Initializer):
    """U[low, high).

    Attributes:
        low: lower bound.
        high: upper bound, above low.
    """

    low: Field[float, float] = Field(REAL)
    high: Field[float, float] = Field(REAL)

    def __post_init__(self) -> None:
        _need_order(self)

    def law(self, parameter: Parameter) -> distributions.Law:
        return distributions.Uniform(self.low, self.high)


@initializer
class Normal(Initializer):
    """N(mean, std^2).

    Attributes:
        std: standard deviation (not the variance).
        mean: mean.
    """

    std: Field[float, float] = Field(NONNEGATIVE, default=1)
    _: KW_ONLY
    mean: Field[float, float] = Field(REAL, default=0)

    def law(self, parameter: Parameter) -> distributions.Law:
        if self.std == 0:
            return distributions.Point(self.mean)
        return distributions.Normal(self.mean, self.std)


@initializer
class TruncatedNormal(Initializer):
    """N(mean, std^2), redrawn outside ``mean + low * std .. mean + high * std``.

    The cuts are multiples of std, as in JAX and Keras (PyTorch's are values). std is
    the standard deviation before the cut; with the default cuts, the values have 0.8796
    times this standard deviation.

    Attributes:
        std: standard deviation before the cut.
        mean: mean before the cut.
        low: lower cut, in units of std.
        high: upper cut, above low, in units of std.
    """

    std: Field[float, float] = Field(POSITIVE, default=1)
    _: KW_ONLY
    mean: Field[float, float] = Field(REAL, default=0)
    low: Field[float, float] = Field(REAL, default=-2)
    high: Field[float, float] = Field(REAL, default=2)

    def __post_init__(self) -> None:
        _need_order(self)
        need_mass(self.low, self.high)

    def law(self, parameter: Parameter) -> distributions.Law:
        return distributions.TruncatedNormal(self.mean, self.std, (self.low, self.high))


@initializer
class XavierUniform(Initializer):
    """U(-b, b) with ``b = gain * sqrt(6 / (fan_in + fan_out))`` (Glorot and Bengio,
    2010).

    Attributes:
        gain: factor of the bound, by which an activation is made up for.
    """

    gain: Field[float, float] = Field(POSITIVE, default=1)

    def law(self, parameter: Parameter) -> distributions.Law:
        return scaled_law(parameter, self.gain * self.gain, "fan_avg", "uniform")


@initializer
class XavierNormal(Initializer):
    """N(0, std^2) with ``std = gain * sqrt(2 / (fan_in + fan_out))`` (Glorot and
    Bengio, 2010).

    Attributes:
        gain: factor of the standard deviation, by which an activation is made up for.
    """

    gain: Field[float, float] = Field(POSITIVE, default=1)

    def law(self, parameter: Parameter) -> distributions.Law:
        return scaled_law(parameter, self.gain * self.gain, "fan_avg", "normal")


@initializer
class KaimingUniform(Initializer):
    """U(-b, b) with ``b = gain * sqrt(3 / fan)`` (He et al., 2015).

    Attributes:
        nonlinearity: what follows; its gain is `netspec.gain(nonlinearity, slope)`.
        slope: of leaky_relu.
        fan: ``"fan_in"`` keeps the variance of activations, ``"fan_out"`` that of
            gradients.
    """

    nonlinearity: Field[str, str] = Field(NONLINEARITY, default="relu")
    _: KW_ONLY
    slope: Field[float, float] = Field(REAL, default=0.01)
    fan: Field[str, str] = Field(FAN, default="fan_in")

    def law(self, parameter: Parameter) -> distributions.Law:
        scale = gain(self.nonlinearity, self.slope) ** 2
        return scaled_law(parameter, scale, self.fan, "uniform")


@initializer
class KaimingNormal(Initializer):
    """N(0, std^2) with ``std = gain / sqrt(fan)`` (He et al., 2015).

    Attributes:
        nonlinearity: what follows; its gain is `netspec.gain(nonlinearity, slope)`.
        slope: of leaky_relu.
        fan: ``"fan_in"`` keeps the variance of activations, ``"fan_out"`` that of
            gradients.
    """

    nonlinearity: Field[str, str] = Field(NONLINEARITY, default="relu")
    _: KW_ONLY
    slope: Field[float, float] = Field(REAL, default=0.01)
    fan: Field[str, str] = Field(FAN, default="fan_in")

    def law(self, parameter: Parameter) -> distributions.Law:
        scale = gain(self.nonlinearity, self.slope) ** 2
        return scaled_law(parameter, scale, self.fan, "normal")


@initializer
class LeCunNormal(Initializer):
    """Variance ``1 / fan_in``, normal cut at two standard deviations (LeCun et al.,
    1998; the cut is that of JAX and Keras).
    """

    def law(self, parameter: Parameter) -> distributions.Law:
        return scaled_law(parameter, 1.0, "fan_in", "truncated_normal")


@initializer
class VarianceScaling(Initializer):
    """Variance ``scale / fan`` (`jax.nn.initializers.variance_scaling`).

    Attributes:
        scale: 2 is He, 1 is LeCun or Glorot, 1/3 is PyTorch's default.
        fan: fan_in, fan_out, or fan_avg, their mean.
        distribution: uniform, normal, or truncated_normal (cut at two standard
            deviations and widened so that the variance is still scale / fan).
    """

    scale: Field[float, float] = Field(POSITIVE, default=1)
    _: KW_ONLY
    fan: Field[str, str] = Field(
        choice("fan_in", "fan_out", "fan_avg"), default="fan_in"
    )
    distribution: Field[str, str] = Field(
        choice("uniform", "normal", "truncated_normal"), default="truncated_normal"
    )

    def law(self, parameter: Parameter) -> distributions.Law:
        return scaled_law(parameter, self.scale, self.fan, self.distribution)


def _need_order(cut: Uniform | TruncatedNormal) -> None:
    if cut.low >= cut.high:
        raise SpecError(
            f"{shorten(cut)}: low must be below high, received low {cut.low} and high"
            f" {cut.high}; use Constant for one value"
        )
