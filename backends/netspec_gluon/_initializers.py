"""First weights as calls of `mxnet.init`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import singledispatch

from netspec.errors import BackendError
from netspec.init import (
    DrawnParameter,
    Initializer,
    KaimingNormal,
    KaimingUniform,
    VarianceScaling,
    XavierNormal,
    XavierUniform,
    distributions,
    gain,
    shape_tells,
)
from netspec.program import Call, call
from netspec.spec import PlacedChain
from netspec_gluon._lowering import block, is_own, ours
from netspec_gluon._names import gluon_path

INIT = "mxnet:init"

# Initializers, by role, of the parameters of Gluon's own layers that do not get the one
# given to `net.initialize(...)`
CONSTRUCTED = {
    "bias": [call(f"{INIT}.Zero")],
    "gate_bias": [call(f"{INIT}.Zero")],
    "scale": [call(f"{INIT}.One")],
    "shift": [call(f"{INIT}.Zero")],
    "slope": [call(f"{INIT}.Constant", 0.25)],
    "position": [call(f"{INIT}.Normal", 0.02)],
    "running_mean": [call(f"{INIT}.Zero")],
    "running_var": [call(f"{INIT}.One")],
}


def draws(graph: PlacedChain) -> Iterator[tuple[str, Call]]:
    """Yield the calls that draw the parameters of a network: ``net.initialize(...)``
    with the initializer of most weights, then a call for each parameter that needs
    another one.

    Raises:
        BackendError: MXNet cannot draw from a distribution.
    """
    nodes = [node for node in graph.walk() if node.own]
    wanted = [
        (gluon_path(node, name, p), p, draw(p))
        for node in nodes
        for name, p in node.own.items()
    ]
    # Nothing is known of a user's block, and Xavier does not draw every shape
    known = all(is_own(node.layer) for node in nodes)
    weights = [drawn for _, p, drawn in wanted if known and p.role not in CONSTRUCTED]
    common = [drawn for drawn, _ in Counter(weights).most_common(1)]
    yield "", Call(".initialize", tuple(common))
    for path, parameter, drawn in wanted:
        if not known or [drawn] != _constructed(parameter, common):
            yield path, call(".initialize", drawn, force_reinit=True)


def _constructed(parameter: DrawnParameter, common: list[Call]) -> list[Call]:
    """Return what draws a parameter of a layer of Gluon's own, or of `support`, unless
    told otherwise.
    """
    if parameter.starts_at is not None:
        return [by_law(distributions.Point(parameter.starts_at))]
    return CONSTRUCTED.get(parameter.role, common)


def draw(parameter: DrawnParameter) -> Call:
    """Make the call of the initializer that draws a parameter.

    Raises:
        BackendError: MXNet cannot draw from the distribution.
    """
    fits = shape_tells(parameter, parameter.shape)
    named = by_name(parameter.initializer) if fits else None
    return named or by_law(parameter.law)


@singledispatch
def by_name(initializer: Initializer | None) -> Call | None:
    """Make the call of MXNet's Xavier for an initializer that scales with fans; None if
    it is no Xavier.
    """
    return None


@by_name.register
def xavier_uniform(initializer: XavierUniform) -> Call:
    return _xavier("uniform", "avg", initializer.gain**2)


@by_name.register
def xavier_normal(initializer: XavierNormal) -> Call:
    return _xavier("normal", "avg", initializer.gain**2)


@by_name.register
def kaiming_uniform(initializer: KaimingUniform) -> Call:
    scale = gain(initializer.nonlinearity, initializer.slope) ** 2
    return _xavier("uniform", initializer.fan, scale)


@by_name.register
def kaiming_normal(initializer: KaimingNormal) -> Call:
    scale = gain(initializer.nonlinearity, initializer.slope) ** 2
    return _xavier("normal", initializer.fan, scale)


@by_name.register
def variance_scaling(initializer: VarianceScaling) -> Call | None:
    if initializer.distribution == "truncated_normal":
        return None
    return _xavier(initializer.distribution, initializer.fan, initializer.scale)


def _xavier(distribution: str, fan: str, scale: float) -> Call:
    """Make the call of an Xavier initializer with variance ``scale / fan``; its uniform
    distribution has the bound ``sqrt(magnitude / fan)``.
    """
    uniform = distribution == "uniform"
    magnitude = float(f"{3 * scale if uniform else scale:.15g}")
    return block(
        f"{INIT}.Xavier",
        rnd_type="uniform" if uniform else "gaussian",
        factor_type=fan.removeprefix("fan_"),
        magnitude=int(magnitude) if magnitude.is_integer() else magnitude,
    )


@singledispatch
def by_law(law: distributions.Law) -> Call:
    """Make the call of the initializer that draws from a distribution.

    Register a function for a custom distribution with ``@by_law.register``.

    Raises:
        BackendError: no function is registered for the distribution.
    """
    kind = type(law).__name__
    raise BackendError(
        f"the gluon backend cannot draw from the law {kind}; register a function (law:"
        f" {kind}) that returns the call of an initializer with"
        " @netspec_gluon.by_law.register, or draw portable parameters with seed="
    )


@by_law.register
def point(law: distributions.Point) -> Call:
    if law.value in (0, 1):
        return call(f"{INIT}.{'One' if law.value else 'Zero'}")
    return call(f"{INIT}.Constant", law.value)


@by_law.register
def uniform(law: distributions.Uniform) -> Call:
    drawn = call(f"{INIT}.Uniform", (law.high - law.low) / 2)
    return drawn if law.mean == 0 else ours("initial:Shifted", drawn, law.mean)


@by_law.register
def normal(law: distributions.Normal) -> Call:
    drawn = call(f"{INIT}.Normal", law.std)
    return drawn if law.mean == 0 else ours("initial:Shifted", drawn, law.mean)


@by_law.register
def truncated_normal(law: distributions.TruncatedNormal) -> Call:
    return ours("initial:TruncatedNormal", law.center, law.spread, law.low, law.high)


@by_law.register
def orthogonal(law: distributions.Orthogonal) -> Call:
    return ours("initial:Orthogonal", gain=law.gain)


@by_law.register
def stacked(law: distributions.Stacked) -> Call:
    return ours("initial:PerGate", *map(by_law, law.parts))
