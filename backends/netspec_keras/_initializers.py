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
from netspec.init import DrawnParameter, distributions, scaling, shape_tells
from netspec.program import Call, call, terse
from netspec.spec import Placed

INIT = "keras.initializers"
SUPPORT = "netspec_keras.support.initial"

Draw: TypeAlias = Call | str

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


def by_name(initializer: ni.Initializer | None) -> Draw | None:
    """Make the call of Keras's own function for an initializer that scales with fans;
    None if Keras has no such function.
    """
    found = scaling(initializer)
    if found is None or found.name:
        return found and found.name
    if math.isclose(found.scale, 1 / 3) and found[1:] == ("fan_in", "uniform"):
        return None  # said by the number of inputs, as that of the bias
    if found == (2.0, "fan_in", "normal"):
        return call(f"{SUPPORT}:kaiming_normal")
    plain = {"normal": "untruncated_normal"}.get(found.distribution, found.distribution)
    made = call(f"{INIT}:VarianceScaling", found.scale, found.fan, plain)
    why = f'"{found.cut}" would cut off the tails of the normal distribution'
    return replace(made, comment=why) if found.cut else made


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
    if (law.low, law.high) == (-0.05, 0.05):
        return "uniform"  # Keras's name for these bounds
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
    return "orthogonal" if law.gain == 1 else call(f"{INIT}:Orthogonal", law.gain)


@by_law.register
def stacked(law: distributions.Stacked, parameter: DrawnParameter) -> Draw:
    rows = parameter.shape[0] // len(law.parts)
    gate = replace(parameter, shape=(rows, *parameter.shape[1:]))
    return call(f"{SUPPORT}:PerGate", *(by_law(part, gate) for part in law.parts))
