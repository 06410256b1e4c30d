"""First weights as `keras.initializers`, of which each variable has one of its own: an
initializer of Keras gives the same numbers each time that it is called.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatch
from typing import TypeAlias

from netspec import init as ni
from netspec.errors import BackendError
from netspec.init import DrawnParameter, distributions, gain, shape_tells
from netspec.program import Call, call, terse
from netspec.spec import Placed

INIT = "keras.initializers"
SUPPORT = "netspec_keras.support.initial"

Draw: TypeAlias = Call | str

# Names in Keras for some arguments of VarianceScaling
NAMED = {
    (1.0, "fan_avg", "uniform"): "glorot_uniform",
    (1.0, "fan_avg", "truncated_normal"): "glorot_normal",
    (1.0, "fan_in", "uniform"): "lecun_uniform",
    (1.0, "fan_in", "truncated_normal"): "lecun_normal",
    (2.0, "fan_in", "uniform"): "he_uniform",
    (2.0, "fan_in", "truncated_normal"): "he_normal",
}

# By parameter, the option of a constructor that draws it, and what it is by default
Usual: TypeAlias = Mapping[str, tuple[str, Draw]]

KERNEL: Usual = {
    "weight": ("kernel_initializer", "glorot_uniform"),
    "bias": ("bias_initializer", "zeros"),
}
TABLE: Usual = {"weight": ("embeddings_initializer", "uniform")}
AFFINE: Usual = {
    "weight": ("gamma_initializer", "ones"),
    "bias": ("beta_initializer", "zeros"),
}
RUNNING: Usual = {
    "running_mean": ("moving_mean_initializer", "zeros"),
    "running_var": ("moving_variance_initializer", "ones"),
}


def drawn(node: Placed, usual: Usual) -> dict[str, Draw]:
    """Return the initializers of a layer's parameters by option, as far as they differ
    from the usual ones.
    """
    found = {
        option: (initializer_of(node.parameters[name]), default)
        for name, (option, default) in usual.items()
        if name in node.parameters
    }
    return {option: own for option, (own, default) in found.items() if own != default}


def drawn_inside(node: Placed, part: str, usual: Usual) -> dict[str, Draw]:
    """Return what `drawn` does for a part of a layer, whose parameters begin with its
    name and a dot.
    """
    begin = f"{part}."
    inside = {
        name.removeprefix(begin): parameter
        for name, parameter in node.parameters.items()
        if name.startswith(begin)
    }
    return drawn(replace(node, parameters=inside), usual)


def initializer_of(parameter: DrawnParameter) -> Draw:
    """Make the initializer of a parameter, in the order of axes that it has in Keras.

    Raises:
        BackendError: Keras cannot draw from the distribution.
    """
    # Keras computes fans of (*window, in, out)
    shape = parameter.shape if parameter.is_kernel else parameter.shape[::-1]
    named = by_name(parameter.initializer) if shape_tells(parameter, shape) else None
    return named or by_law(parameter.law, parameter)


@singledispatch
def by_name(initializer: ni.Initializer | None) -> Draw | None:
    """Make the call of Keras's own function for an initializer that scales with fans;
    None if Keras has no such function.
    """
    return None


@by_name.register
def xavier(initializer: ni.XavierUniform | ni.XavierNormal) -> Draw | None:
    normal = isinstance(initializer, ni.XavierNormal)
    scale = _square(initializer.gain)
    return _scaled(scale, "fan_avg", "normal" if normal else "uniform")


@by_name.register
def kaiming(initializer: ni.KaimingUniform | ni.KaimingNormal) -> Draw | None:
    normal = isinstance(initializer, ni.KaimingNormal)
    scale = _square(gain(initializer.nonlinearity, initializer.slope))
    return _scaled(scale, initializer.fan, "normal" if normal else "uniform")


@by_name.register
def lecun(initializer: ni.LeCunNormal) -> Draw | None:
    return _scaled(1.0, "fan_in", "truncated_normal")


@by_name.register
def variance_scaling(initializer: ni.VarianceScaling) -> Draw | None:
    return _scaled(initializer.scale, initializer.fan, initializer.distribution)


def _square(gain: float) -> float:
    return float(f"{gain**2:.15g}")  # 2 for sqrt(2)


def _scaled(scale: float, fan: str, distribution: str) -> Draw | None:
    name = NAMED.get((scale, fan, distribution))
    if name:
        return name
    if math.isclose(scale, 1 / 3) and (fan, distribution) == ("fan_in", "uniform"):
        return None  # said by the number of inputs, as that of the bias
    if (scale, fan, distribution) == (2.0, "fan_in", "normal"):
        return call(f"{SUPPORT}:kaiming_normal")
    plain = {"normal": "untruncated_normal"}.get(distribution, distribution)
    made = call(f"{INIT}:VarianceScaling", scale, fan, plain)
    near = NAMED.get((scale, fan, f"truncated_{distribution}"))
    why = f'"{near}" would cut off the tails of the normal distribution'
    return replace(made, comment=why) if near else made


@singledispatch
def by_law(law: distributions.Law, parameter: DrawnParameter) -> Draw:
    """Make the initializer that draws from a distribution.

    Register a function for a custom distribution with ``@by_law.register``.

    Raises:
        BackendError: no function is registered for the distribution.
    """
    kind = type(law).__name__
    raise BackendError(
        f"the keras backend cannot draw from the law {kind}; register a function (law:"
        f" {kind}, parameter) that returns a call with @netspec_keras.by_law.register,"
        " or draw portable parameters with seed="
    )


@by_law.register
def point(law: distributions.Point, parameter: DrawnParameter) -> Draw:
    if law.value in (0, 1):
        return "ones" if law.value else "zeros"
    return call(f"{INIT}:Constant", law.value)


@by_law.register
def uniform(law: distributions.Uniform, parameter: DrawnParameter) -> Draw:
    fan = parameter.fan_in
    if fan and law.low == -law.high and math.isclose(law.high, 1 / math.sqrt(fan)):
        return call(f"{SUPPORT}:torch_uniform", fan)
    return call(f"{INIT}:RandomUniform", law.low, law.high)


@by_law.register
def normal(law: distributions.Normal, parameter: DrawnParameter) -> Draw:
    return terse(f"{INIT}:RandomNormal", mean=law.mean, stddev=law.std)


@by_law.register
def truncated_normal(
    law: distributions.TruncatedNormal, parameter: DrawnParameter
) -> Draw:
    cuts = tuple(float(f"{cut:.12g}") for cut in law.cuts)
    if cuts == (-2.0, 2.0):  # Keras has no others
        return terse(f"{INIT}:TruncatedNormal", mean=law.center, stddev=law.spread)
    return call(f"{SUPPORT}:CutNormal", law.center, law.spread, *cuts)


@by_law.register
def orthogonal(law: distributions.Orthogonal, parameter: DrawnParameter) -> Draw:
    if not parameter.is_kernel and len(parameter.shape) > 2:
        raise BackendError(
            "keras.initializers.Orthogonal makes a matrix of all axes but the last,"
            f" which is another one for {parameter.shape}; draw portable parameters"
            " with seed="
        )
    return terse(f"{INIT}:Orthogonal", gain=law.gain)


@by_law.register
def stacked(law: distributions.Stacked, parameter: DrawnParameter) -> Draw:
    rows = parameter.shape[0] // len(law.parts)
    gate = replace(parameter, shape=(rows, *parameter.shape[1:]))
    return call(f"{SUPPORT}:PerGate", *(by_law(part, gate) for part in law.parts))
