"""First weights that PyTorch draws: the numbers handed to it are those of the law."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
import torch

from netspec import init as ni
from netspec import layers as nl
from netspec.init import InitPolicy, distributions
from netspec.spec import Spec
from netspec_torch import backend
from netspec_torch._initializers import draw
from tests.backends.initializers import SCALED
from tests.laws import check_sample

ROWS, COLUMNS = 512, 2048
U = 2.0**-53


@pytest.mark.parametrize("initializer", SCALED, ids=repr)
@pytest.mark.parametrize(
    "layer",
    [nl.Dense(7), nl.Conv2D(6, kernel_size=(3, 2), groups=2, bias=False)],
    ids=["dense", "grouped convolution"],
)
def test_torch_is_given_the_numbers_of_the_law(
    initializer: ni.Initializer, layer: nl.Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[distributions.Law] = []
    for name, law in (
        ("normal_", distributions.Normal),
        ("uniform_", distributions.Uniform),
    ):
        monkeypatch.setattr(
            torch.Tensor,
            name,
            lambda self, a, b, law=law, **_: given.append(law(a, b)),
        )
    spec = Spec("s", (4, 5, 6), [layer], InitPolicy(initializer, bias=ni.Zeros()))
    parameter = spec.parameters()["0.weight"]
    backend.compile(spec)
    drawn = given[-1]
    assert type(drawn) is type(parameter.law)
    # each side rounds at most four times
    assert math.isclose(drawn.std, parameter.law.std, rel_tol=8 * U)
    assert drawn.mean == parameter.law.mean == 0
    assert "kaiming" in draw(parameter).target or "xavier" in draw(parameter).target


def test_fans_that_torch_would_misread_are_given_as_numbers() -> None:
    words = [nl.Embedding(50, dim=4), nl.Dense(4)]
    policy = InitPolicy(ni.KaimingNormal(), bias=ni.KaimingUniform())
    spec = Spec("words", (3,), words, policy, "int")
    table = spec.parameters()["0.weight"]  # fan_in 50: what reads a one-hot vector
    assert draw(table).target == "torch.nn.init:normal_"
    assert dict(draw(table).kwargs)["std"] == table.law.std == math.sqrt(2 / 50)
    bias = spec.parameters()["1.bias"]
    assert draw(bias).args == bias.law.bounds


def test_constructors_of_torch_follow_the_preset() -> None:
    dense = Spec("dense", (COLUMNS,), [nl.Dense(ROWS)], "torch")
    check_sample(dense.parameters()["0.weight"].law, draw_array(dense))
    words = [nl.Embedding(COLUMNS, dim=ROWS)]
    table = Spec("words", (), words, init="torch", input_dtype="int")
    assert "Do nothing" in backend.source(table)
    check_sample(distributions.Normal(0, 1), draw_array(table))
    wide = Spec("wide", (3,), [nl.Dense(ROWS * COLUMNS)], init="torch")
    check_sample(wide.parameters()["0.bias"].law, draw_array(wide, "0.bias"))


def draw_array(spec: Spec, name: str = "0.weight") -> np.ndarray:
    torch.manual_seed(0)
    return backend.params(backend.compile(spec), spec)[name]


def test_named_functions_exist() -> None:
    spec = Spec("dense", (4,), [nl.Dense(3)], InitPolicy(ni.Zeros()))
    for parameter in spec.parameters().values():
        name = draw(parameter).target.partition(":")[2]
        assert inspect.isfunction(getattr(torch.nn.init, name))
