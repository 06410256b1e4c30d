"""First weights of recurrent layers: what policies and `PerGate` say of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

import netspec as ns
from netspec.errors import SpecError
from netspec.init import PRESETS, InitPolicy, distributions
from netspec.init.distributions import Law

UNITS, CHANNELS = 3, 5


def laws(policy: InitPolicy | str | None, layer: ns.Layer | None = None) -> list[Law]:
    """Of weight_ih_l0, weight_hh_l0, bias_ih_l0 and bias_hh_l0."""
    spec = ns.Spec("one", (2, CHANNELS), [layer or ns.LSTM(UNITS)], policy)
    return [parameter.law for parameter in spec.parameters().values()]


def test_pytorch_draws_all_from_one_law() -> None:
    bound = 1 / math.sqrt(UNITS)
    for layer in (ns.RNN(UNITS), ns.LSTM(UNITS), ns.GRU(UNITS)):
        for law in laws("torch", layer):
            assert law.bounds == pytest.approx((-bound, bound))
            assert isinstance(law, distributions.Uniform)


def test_keras_draws_whole_matrices_and_starts_one_gate_at_1() -> None:
    kernel, recurrent, first, second = laws("keras")
    limit = math.sqrt(6 / (CHANNELS + 4 * UNITS))
    assert kernel.bounds == pytest.approx((-limit, limit))
    assert recurrent == distributions.Orthogonal(1.0, 4 * UNITS, UNITS)
    points = tuple(distributions.Point(value) for value in (0.0, 1.0, 0.0, 0.0))
    assert first == distributions.Stacked(points)
    assert second == distributions.Point(0.0)
    assert laws("keras", ns.GRU(UNITS))[2] == distributions.Point(0.0)


def test_others_draw_gates_as_they_draw_the_rest() -> None:
    assert laws("gluon")[:2] == [distributions.Uniform(-0.07, 0.07)] * 2
    assert laws(None)[2:] == [distributions.Point(0.0)] * 2
    policy = InitPolicy(ns.Normal(0.1), recurrent=ns.Orthogonal(2))
    kernel, recurrent, *_ = laws(policy)
    assert kernel == distributions.Normal(0.0, 0.1)
    assert recurrent == distributions.Orthogonal(2.0, 4 * UNITS, UNITS)


def test_what_is_given_wins_over_the_preset() -> None:
    policy = InitPolicy(PRESETS["torch"].weight, recurrent=ns.Ones())
    assert laws(policy)[1] == distributions.Point(1.0)
    layer = ns.LSTM(UNITS, init={"bias_ih_l0": ns.Constant(0.5)})
    assert laws("keras", layer)[2] == distributions.Point(0.5)


def test_documents_of_presets_do_not_change() -> None:
    for preset in PRESETS.values():
        document = ns.Spec("s", (2,), [ns.Dense(1)], preset).to_dict()
        assert "recurrent" not in document.get("init", {})


def test_gates_are_drawn_one_by_one() -> None:
    gates = [ns.Ones(), ns.Uniform(2, 3), ns.Zeros(), ns.Orthogonal()]
    layer = ns.LSTM(UNITS, init={"weight_hh_l0": ns.PerGate(gates)})
    spec = ns.Spec("one", (2, CHANNELS), [layer])
    weight = ns.init_params(spec, 0)["0.weight_hh_l0"]
    one, uniform, zero, orthogonal = np.split(weight, 4)
    assert (one == 1).all()
    assert (zero == 0).all()
    assert ((uniform >= 2) & (uniform <= 3)).all()
    assert orthogonal @ orthogonal.T == pytest.approx(np.eye(UNITS), abs=1e-6)
    law = spec.parameters()["0.weight_hh_l0"].law
    assert law.bounds == (-1.0, 3.0)
    assert law.mean == pytest.approx((1 + 2.5) / 4)
    assert law.std**2 == pytest.approx((1 + 2.5**2 + 1 / 12 + 1 / 3) / 4 - law.mean**2)
    assert law.cdf(np.array([-2.0, 1.0, 2.5, 4.0])) == pytest.approx(
        [0, 0.75, 0.875, 1]
    )


def test_gates_are_parts_of_one_size() -> None:
    layer = ns.GRU(UNITS, init={"bias_ih_l0": ns.PerGate([ns.Ones()] * 4)})
    with pytest.raises(SpecError, match="one initializer for each of its 3 gates"):
        ns.Spec("one", (2, CHANNELS), [layer]).parameters()["0.bias_ih_l0"].law  # noqa: B018
