"""First weights as calls of `torch.nn.init`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from netspec.errors import BackendError
from netspec.init import (
    PRESETS,
    DrawnParameter,
    Initializer,
    KaimingNormal,
    KaimingUniform,
    XavierNormal,
    XavierUniform,
    distributions,
    shape_tells,
)
from netspec.program import Call, Name, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, is_own, module

INIT = "torch.nn.init"


def draws(node: Placed) -> Iterator[tuple[str, Call]]:
    """Yield paths of a layer's parameters and the calls that draw them, without those
    that the constructor draws.

    Raises:
        BackendError: PyTorch cannot draw from a distribution.
    """
    for name, parameter in node.own.items():
        if not _constructor_draws(node, parameter):
            yield f"{node.path}.{name}", draw(parameter)


def _constructor_draws(node: Placed, parameter: DrawnParameter) -> bool:
    # The preset "torch" is what constructors of torch.nn do; of the module of a layer
    # that is not ours nothing is known
    if not is_own(node.layer):
        return False
    default = PRESETS["torch"].initializer("", parameter)
    return parameter.law == default.law(parameter)


def draw(parameter: DrawnParameter) -> Call:
    """Make the call that draws a parameter, without its first argument, the parameter.

    Raises:
        BackendError: PyTorch cannot draw from the distribution.
    """
    fits = shape_tells(parameter, parameter.shape)
    named = by_name(parameter.initializer) if fits else None
    return named or by_law(parameter.law)


@singledispatch
def by_name(initializer: Initializer | None) -> Call | None:
    """Make the call of PyTorch's own function for an initializer that scales with fans;
    None if PyTorch has no such function.
    """
    return None


@by_name.register
def xavier_uniform(initializer: XavierUniform) -> Call:
    return module(f"{INIT}:xavier_uniform_", gain=initializer.gain)


@by_name.register
def xavier_normal(initializer: XavierNormal) -> Call:
    return module(f"{INIT}:xavier_normal_", gain=initializer.gain)


@by_name.register
def kaiming(initializer: KaimingNormal | KaimingUniform) -> Call:
    normal = isinstance(initializer, KaimingNormal)
    leaky = initializer.nonlinearity == "leaky_relu"
    return module(
        f"{INIT}:kaiming_{'normal' if normal else 'uniform'}_",
        a=initializer.slope if leaky else 0,
        mode=initializer.fan,
        nonlinearity=initializer.nonlinearity,
    )


@singledispatch
def by_law(law: distributions.Law) -> Call:
    """Make the call that draws from a distribution, without its first argument, the
    parameter.

    Register a function for a custom distribution with ``@by_law.register``.

    Raises:
        BackendError: no function is registered for the distribution.
    """
    kind = type(law).__name__
    raise BackendError(
        f"the torch backend cannot draw from the law {kind}; register a function (law:"
        f" {kind}) that returns a call with @netspec_torch.by_law.register, or draw"
        " portable parameters with seed="
    )


@by_law.register
def point(law: distributions.Point) -> Call:
    if law.value in (0, 1):
        return call(f"{INIT}:{'ones_' if law.value else 'zeros_'}")
    return call(f"{INIT}:constant_", law.value)


@by_law.register
def uniform(law: distributions.Uniform) -> Call:
    return call(f"{INIT}:uniform_", law.low, law.high)


@by_law.register
def normal(law: distributions.Normal) -> Call:
    return module(f"{INIT}:normal_", mean=law.mean, std=law.std)


@by_law.register
def truncated_normal(law: distributions.TruncatedNormal) -> Call:
    return module(
        f"{INIT}:trunc_normal_", mean=law.center, std=law.spread, a=law.low, b=law.high
    )


@by_law.register
def orthogonal(law: distributions.Orthogonal) -> Call:
    return module(f"{INIT}:orthogonal_", gain=law.gain)


@by_law.register
def stacked(law: distributions.Stacked) -> Call:
    drawn = map(_function, map(by_law, law.parts))
    return call(f"{SUPPORT}.initial:per_gate_", *drawn)


def _function(drawn: Call) -> Call | Name:
    """Name what a call without its first argument, the parameter, does to it."""
    named = Name(drawn.target)
    if not (drawn.args or drawn.kwargs):
        return named
    return call(f"{SUPPORT}.initial:drawn_by", named, *drawn.args, **dict(drawn.kwargs))
