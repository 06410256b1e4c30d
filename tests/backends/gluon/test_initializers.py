"""First weights that MXNet draws: the numbers handed to it are those of the law."""

from __future__ import annotations

import math

import mxnet as mx
import numpy as np
import pytest

from netspec import init as ni
from netspec import layers as nl
from netspec.init import PRESETS, InitPolicy, distributions
from netspec.spec import Spec
from netspec_gluon import backend
from netspec_gluon._initializers import draw
from tests.backends.initializers import SCALED, VARIANCES

U = 2.0**-53


@pytest.mark.parametrize("initializer", [*SCALED, *VARIANCES[:2]], ids=repr)
@pytest.mark.parametrize(
    "layer",
    [nl.Dense(7), nl.Conv2D(6, kernel_size=(3, 2), groups=2, bias=False)],
    ids=["dense", "grouped convolution"],
)
def test_mxnet_is_given_the_numbers_of_the_law(
    initializer: ni.Initializer, layer: nl.Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[distributions.Law] = []
    for name, law in (
        ("normal", distributions.Normal),
        ("uniform", distributions.Uniform),
    ):

        def record(
            a: float, b: float, *_: object, law: type = law, **__: object
        ) -> None:
            given.append(law(float(a), float(b)))

        monkeypatch.setattr(mx.initializer.random, name, record)
    spec = Spec("s", (4, 5, 6), [layer], InitPolicy(initializer, bias=ni.Zeros()))
    parameter = spec.parameters()["0.weight"]
    backend.compile(spec)
    drawn = given[-1]
    assert type(drawn) is type(parameter.law)
    # the magnitude is written with 15 digits, its root halves the error
    assert math.isclose(drawn.std, parameter.law.std, rel_tol=1e-15 + 8 * U)
    assert drawn.mean == parameter.law.mean == 0
    assert draw(parameter).target == "mxnet:init.Xavier"


def test_fans_that_xavier_would_misread_are_given_as_numbers() -> None:
    words = [nl.Embedding(50, dim=4), nl.Dense(4)]
    policy = InitPolicy(ni.KaimingNormal(), bias=ni.KaimingUniform())
    spec = Spec("words", (3,), words, policy, "int")
    table = spec.parameters()["0.weight"]  # fan_in 50: what reads a one-hot vector
    assert draw(table).target == "mxnet:init.Normal"
    assert draw(table).args == (table.law.std,) == (math.sqrt(2 / 50),)
    bias = spec.parameters()["1.bias"]
    assert draw(bias).args == bias.law.bounds[1:]


def test_the_preset_gluon_is_what_gluon_does_by_itself() -> None:
    spec = Spec("s", (64,), [nl.Dense(32)], PRESETS["gluon"])
    net = mx.gluon.nn.Dense(32, in_units=64)
    mx.random.seed(0)
    net.initialize()
    mx.random.seed(0)
    drawn = backend.params(backend.compile(spec), spec)["0.weight"]
    assert np.array_equal(drawn, net.weight.data().asnumpy())


def test_orthogonal_matrices_are_uniform() -> None:
    """Without the signs of a QR factorization the first column is never negative."""
    spec = Spec("s", (2,), [nl.Dense(2)] * 256, InitPolicy(ni.Orthogonal()))
    mx.random.seed(0)
    params = backend.params(backend.compile(spec), spec)
    signs = np.sign([params[f"{i}.weight"] for i in range(256)]).reshape(256, 4)
    assert np.abs(signs.mean(axis=0)).max() < 6.11 / np.sqrt(256)
