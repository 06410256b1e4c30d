"""First weights as functions of `jax.nn.initializers`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import singledispatch
from typing import TypeAlias, TypeVar

from netspec import init as ni
from netspec.declare import FrozenDict
from netspec.errors import BackendError
from netspec.init import DrawnParameter, distributions, scaling, shape_tells
from netspec.program import Call, Name, call, walk
from netspec.spec import Placed, Spec

INIT = "jax.nn.initializers"
SUPPORT = "netspec_jax.support.initial"
ZEROS, ONES = Name(f"{INIT}:zeros"), Name(f"{INIT}:ones")

T = TypeVar("T")

Draw: TypeAlias = Call | Name
Usual: TypeAlias = Mapping[str, Draw | None]

# Default initializers of the constructors in `support`
KERNEL: Usual = {"weight": call(f"{INIT}:glorot_uniform"), "bias": ZEROS}
TABLE: Usual = {"weight": call(f"{INIT}:glorot_uniform")}
POSITIONS: Usual = {"weight": call(f"{INIT}:normal", 0.02)}
TOKEN: Usual = {"weight": ZEROS}
AFFINE: Usual = {"weight": ONES, "bias": ZEROS}
RUNNING: Usual = {"running_mean": ZEROS, "running_var": ONES}

# Initializers with several arguments are written once, under these names
NAMES: Mapping[type, str] = {
    ni.KaimingNormal: "kaiming_normal",
    ni.KaimingUniform: "kaiming_uniform",
    ni.TruncatedNormal: "truncated_normal",
    ni.VarianceScaling: "variance_scaling",
    ni.XavierNormal: "xavier_normal",
    ni.XavierUniform: "xavier_uniform",
}


def shared(spec: Spec, net: Call) -> dict[Call, str]:
    """Name the initializers that draw parameters of several layers of a net."""
    return name_shared(spec, net, initializer_of)


def name_shared(
    spec: Spec, net: Call, initializer: Callable[[DrawnParameter], Draw]
) -> dict[Call, str]:
    """Name the initializers that draw parameters of several layers of a net, given what
    makes that of a parameter.
    """
    counts = Counter(made for made in walk(net) if isinstance(made, Call))
    named = {
        initializer(p): NAMES.get(type(p.initializer))
        for p in spec.parameters().values()
    }
    found: dict[Call, str] = {}
    for made, name in named.items():
        if name and isinstance(made, Call) and counts[made] > 1 and _is_long(made):
            number = sum(other.startswith(name) for other in found.values())
            found[made] = f"{name}_{number + 1}" if number else name
    return found


def _is_long(made: Call) -> bool:
    return len(made.args) + len(made.kwargs) > 1


def drawn(node: Placed, usual: Usual) -> dict[str, Draw | None]:
    """Return the initializers of a layer's parameters by name, as far as they differ
    from the usual ones; None for a parameter that the layer does not have.
    """
    found = {
        name: initializer_of(node.parameters[name]) if name in node.parameters else None
        for name in usual
        # what is another's is drawn there, unless the call needs an initializer
        if name not in node.tied or usual[name] is None
    }
    return {name: drawn for name, drawn in found.items() if drawn != usual[name]}


def drawn_inside(node: Placed, part: str, usual: Usual) -> dict[str, Draw | None]:
    """Return what `drawn` does for a part of a layer, whose parameters begin with its
    name and a dot.
    """
    return drawn(
        replace(
            node,
            parameters=_inside(part, node.parameters),
            tied=FrozenDict(_inside(part, node.tied)),
        ),
        usual,
    )


def _inside(part: str, held: Mapping[str, T]) -> dict[str, T]:
    begin = f"{part}."
    named = ((name, value) for name, value in held.items() if name.startswith(begin))
    return {name.removeprefix(begin): value for name, value in named}


def initializer_of(parameter: DrawnParameter) -> Draw:
    """Make the initializer of a parameter, a function of a key, a shape in JAX's layout
    and a dtype.

    Raises:
        BackendError: JAX cannot draw from the distribution.
    """
    # JAX computes fans of (*window, in, out): kernels have this order of axes there,
    # other parameters keep theirs
    shape = parameter.shape if parameter.is_kernel else parameter.shape[::-1]
    named = by_name(parameter.initializer) if shape_tells(parameter, shape) else None
    return named or by_law(parameter.law, parameter)


def by_name(initializer: ni.Initializer | None) -> Draw | None:
    """Make the call of JAX's own function for an initializer that scales with fans;
    None if JAX has no such function.
    """
    found = scaling(initializer)
    if found is None:
        return None
    if found.name:
        return call(f"{INIT}:{found.name}")
    made = call(f"{INIT}:variance_scaling", *found)
    why = f"{found.cut}() would cut off the tails of the normal distribution"
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
        f"the jax backend cannot draw from the law {kind}; register a function (law:"
        f" {kind}, parameter) that returns a call with @netspec_jax.by_law.register,"
        " or draw portable parameters with seed="
    )


@by_law.register
def point(law: distributions.Point, parameter: DrawnParameter) -> Draw:
    if law.value in (0, 1):
        return ONES if law.value else ZEROS
    return call(f"{INIT}:constant", law.value)


@by_law.register
def uniform(law: distributions.Uniform, parameter: DrawnParameter) -> Draw:
    # jax.nn.initializers.uniform starts at 0
    draw = Name("jax.random:uniform")
    return call("functools:partial", draw, minval=law.low, maxval=law.high)


@by_law.register
def normal(law: distributions.Normal, parameter: DrawnParameter) -> Draw:
    return _shifted(law.mean, call(f"{INIT}:normal", law.std))


@by_law.register
def truncated_normal(
    law: distributions.TruncatedNormal, parameter: DrawnParameter
) -> Draw:
    ends = ((end - law.center) / law.spread for end in (law.low, law.high))
    lower, upper = (float(f"{end:.15g}") for end in ends)
    made = call(f"{INIT}:truncated_normal", law.spread, lower=lower, upper=upper)
    return _shifted(law.center, made)


@by_law.register
def orthogonal(law: distributions.Orthogonal, parameter: DrawnParameter) -> Draw:
    canonical = not parameter.is_kernel and len(parameter.shape) > 2
    axis = {"column_axis": 0} if canonical else {}
    return call(f"{INIT}:orthogonal", law.gain, **axis)


def _shifted(mean: float, made: Call) -> Draw:
    return call(f"{SUPPORT}:shifted", mean, made) if mean else made


@by_law.register
def stacked(law: distributions.Stacked, parameter: DrawnParameter) -> Draw:
    rows = parameter.shape[0] // len(law.parts)
    gate = replace(parameter, shape=(rows, *parameter.shape[1:]))
    return call(f"{SUPPORT}:per_gate", *(by_law(part, gate) for part in law.parts))
