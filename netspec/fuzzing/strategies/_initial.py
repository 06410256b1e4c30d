"""Strategies for initializers that suit a parameter, and for policies."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netspec import init as ni
from netspec.declare import Parameter
from netspec.init import Initializer, InitPolicy, InitRule
from netspec.spec import Spec

SLOPES = st.floats(-1, 1)
FLAGS = st.booleans()

PLAIN: tuple[SearchStrategy[Initializer], ...] = (
    st.builds(ni.Zeros),
    st.builds(ni.Ones),
    st.builds(ni.Constant, SLOPES),
    st.builds(ni.Uniform, st.floats(-2, -0.5), st.floats(0.5, 2)),
    st.builds(ni.Normal, st.just(0) | st.floats(0.01, 2), mean=SLOPES),
    st.builds(
        ni.TruncatedNormal,
        st.floats(0.1, 2),
        mean=SLOPES,
        low=st.floats(-3, -1),
        high=st.floats(0, 3),
    ),
)
NONNEGATIVE: tuple[SearchStrategy[Initializer], ...] = (
    st.builds(ni.Zeros),
    st.builds(ni.Ones),
    st.builds(ni.Constant, st.floats(0, 1)),
    st.builds(ni.Uniform, st.floats(0, 0.5), st.floats(0.75, 2)),
)
GAINS = st.floats(0.1, 3)
FANS = st.sampled_from(["fan_in", "fan_out"])
NONLINEARITIES = st.sampled_from(["linear", "tanh", "relu", "leaky_relu", "selu"])
SCALED: tuple[SearchStrategy[Initializer], ...] = (
    st.builds(ni.XavierUniform, GAINS),
    st.builds(ni.XavierNormal, GAINS),
    st.builds(ni.KaimingUniform, NONLINEARITIES, slope=SLOPES, fan=FANS),
    st.builds(ni.KaimingNormal, NONLINEARITIES, slope=SLOPES, fan=FANS),
    st.builds(ni.LeCunNormal),
    st.builds(
        ni.VarianceScaling,
        GAINS,
        fan=st.sampled_from(["fan_in", "fan_out", "fan_avg"]),
        distribution=st.sampled_from(["uniform", "normal", "truncated_normal"]),
    ),
)


def initializers(parameter: Parameter) -> SearchStrategy[Initializer]:
    """Draw what can draw a parameter."""
    fans, matrix = parameter.fan_in is not None, len(parameter.shape) > 1
    found = _initializers(parameter.nonnegative, fans, matrix)
    if parameter.gates == 1:
        return found
    size = parameter.gates
    by_gate = st.lists(found, min_size=size, max_size=size)
    return found | st.builds(ni.PerGate, by_gate)


@cache
def _initializers(
    nonnegative: bool, fans: bool, matrix: bool
) -> SearchStrategy[Initializer]:
    if nonnegative:
        return st.one_of(*NONNEGATIVE)
    found = PLAIN
    if fans:
        found += SCALED
    if matrix:
        found += (st.builds(ni.Orthogonal, GAINS),)
    return st.one_of(*found)


PRESETS = st.none() | st.sampled_from(sorted(ni.PRESETS))
ANY_PLAIN, ANY_FAN = st.one_of(*PLAIN), st.one_of(*PLAIN, *SCALED)
TABLES = st.none() | st.one_of(*SCALED)


@st.composite
def policies(draw: DrawFn, spec: Spec) -> InitPolicy | str | None:
    """Draw a policy that suits every parameter of a spec."""
    if draw(FLAGS):
        return draw(PRESETS)
    found = spec.parameters()
    ruled = draw(st.sets(st.sampled_from(sorted(found)), max_size=2)) if found else ()
    return InitPolicy(
        draw(ANY_FAN),
        bias=draw(ANY_PLAIN),
        embedding=draw(TABLES),
        recurrent=draw(TABLES),
        rules=[InitRule(p, draw(initializers(found[p]))) for p in sorted(ruled)],
    )
