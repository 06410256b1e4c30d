"""The reference's vector-Jacobian products: central differences, linearity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netspec.conformance.cases import draw_case, single_layers
from netspec.conformance.judging import Case, forecast, step_of, tensors
from netspec.contract import Array
from netspec.fuzzing.strategies import specs
from netspec.reference import Record, Run, evaluate
from netspec.spec import Spec

STEP = 2.0**-14

Point = Mapping[str, Array]  # parameters by path, and the input under "input"


def draw(spec: Spec, train: bool, seed: int) -> Case:
    plain = spec.without_dropout()
    return draw_case(plain, train=train, dtype="float64", seed=seed)


def projected(case: Case, at: Point) -> tuple[float, list[Array]]:
    """``sum(output * cotangent)`` at a point, and every choice made on the way."""
    record = Record()
    run = Run(at, case.train, choices=record)
    y, _ = evaluate(case.spec.graph, at["input"], run)
    return float(np.vdot(y, case.cotangent)), [made.choice for made in record.made]


def same(some: list[Array], others: list[Array]) -> bool:
    return all(map(np.array_equal, some, others))


def noise(case: Case, at: Point) -> float:
    """What rounding does to the projected output."""
    params = {path: at[path] for path in case.params}
    output = forecast(replace(case, params=params, x=at["input"])).tensors["output"]
    return output.allowed * float(np.linalg.norm(case.cotangent))


def check_central_differences(case: Case, seed: int) -> None:
    """Differences with steps h and 2h, extrapolated, err by less than the two differ,
    plus what rounding does to the output, divided by h.
    """
    at = {**case.params, "input": case.x}
    _, pullback = evaluate(case.spec.graph, case.x, run := Run(at, case.train))
    gradients = {"input": pullback(case.cotangent)} | run.grads
    if case.spec.input_dtype == "int":
        del gradients["input"]
    random = np.random.default_rng(seed)
    for name, gradient in gradients.items():
        direction = random.choice([-1.0, 1.0], gradient.shape)
        moves = [at | {name: at[name] + k * STEP * direction} for k in (-2, -1, 1, 2)]
        (a, b, c, d), choices = zip(*(projected(case, m) for m in moves), strict=True)
        assume(all(same(choices[0], other) for other in choices[1:]))
        near, far = (c - b) / (2 * STEP), (d - a) / (4 * STEP)
        allowed = abs(far - near) + noise(case, moves[-1]) / STEP
        error = abs((4 * near - far) / 3 - float(np.vdot(gradient, direction)))
        assert error <= allowed, f"{name}: {error:.3g} of {allowed:.3g}"


@given(
    spec=st.sampled_from(list(single_layers().values())),
    train=st.booleans(),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=300)
def test_central_differences_of_the_catalog(spec: Spec, train: bool, seed: int) -> None:
    check_central_differences(draw(spec, train, seed), seed)


@given(spec=specs(), train=st.booleans(), seed=st.integers(0, 2**32))
def test_central_differences(spec: Spec, train: bool, seed: int) -> None:
    check_central_differences(draw(spec, train, seed), seed)


@given(spec=specs(), train=st.booleans(), seed=st.integers(0, 2**32))
def test_linear_in_the_cotangent(spec: Spec, train: bool, seed: int) -> None:
    one = draw(spec, train, seed)
    other = replace(one, cotangent=np.roll(one.cotangent, 1, axis=0))
    both = replace(one, cotangent=one.cotangent - 2 * other.cotangent)
    cases = (one, other, both)
    parts = [tensors(step_of(case)) for case in cases]
    allowed = [forecast(case).tensors for case in cases]
    for name in (n for n in parts[0] if n.startswith("grad")):
        error = np.linalg.norm(parts[2][name] - parts[0][name] + 2 * parts[1][name])
        assert error <= sum(2 * bounds[name].allowed for bounds in allowed), name


@given(spec=specs(), train=st.booleans(), seed=st.integers(0, 2**32))
def test_doubling_the_cotangent_is_exact(spec: Spec, train: bool, seed: int) -> None:
    one = draw(spec, train, seed)
    double = replace(one, cotangent=2 * one.cotangent)
    once, twice = tensors(step_of(one)), tensors(step_of(double))
    for name in (n for n in once if n.startswith("grad")):
        assert np.array_equal(twice[name], 2 * once[name]), name
