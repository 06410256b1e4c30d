"""Layers of a user that are unlike ours are compared as ours are, and found sound."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

import tests.backends.custom.reference
import tests.backends.odd.reference  # noqa: F401 (both register)
from netspec import layers as nl
from netspec.conformance import conform
from netspec.contract import Backend
from netspec.errors import InputError
from netspec.spec import Spec
from tests.backends.custom.layers import Attend, Blank, Cube, Gate, LowRank, Tempered
from tests.backends.odd.layers import (
    Cumulative,
    Digits,
    Excite,
    Fixed,
    GainDense,
    Jitter,
    Mixed,
    Pairs,
    Rooted,
    Twice,
)

CONV = nl.Conv2D(4, kernel_size=3, padding=1)
WEIGH = [nl.GlobalAvgPool2D(), nl.Dense(4), nl.Sigmoid()]
WITHIN = nl.Residual([nl.Parallel([[Cumulative()], [nl.Dense(4)]], merge="add")])
NETS = (
    Spec(
        "rows",
        (6,),
        [
            *(GainDense(5), LowRank(4, rank=3), Tempered(), Blank(0.4)),
            *(WITHIN, Pairs(), Fixed(), nl.Tanh(), WITHIN),
        ],
    ),
    Spec(
        "images",
        (3, 6, 5),
        [
            *(CONV, Twice(0.8), Excite(WEIGH), Rooted(), Jitter(0.5), Cumulative()),
            *(Gate([CONV], [Cube(), nl.Sigmoid()]), Attend([CONV]), nl.MaxPool2D(2)),
            *(Blank(0.4), nl.Flatten(), nl.Dense(3)),
        ],
    ),
    Spec(
        "words",
        (7,),
        [
            nl.Parallel([[nl.Embedding(11, dim=4)], [Digits(3)]], axis=-1),
            Mixed([GainDense(4), nl.Tanh()], [nl.Dense(4), Cumulative()]),
        ],
        input_dtype="int",
    ),
)
CHECKS = "outputs gradients state dropout init_statistics init_values source errors"


@pytest.mark.slow
@pytest.mark.parametrize("net", NETS, ids=lambda net: net.name)
def test_they_conform(backend: Backend, net: Spec) -> None:
    for folder in ("custom", "odd"):
        import_module(f"tests.backends.{folder}.{backend.name}")
    # XLA compiles every layer anew for each dtype
    dtypes = ["float32"] if backend.name == "jax" else ["float64", "float32"]
    report = conform(net, backend.name, dtypes, CHECKS.split())
    assert set(report.counts) <= {"pass", "declared"}, [
        str(row) for row in report.rows if not row.verdict.good
    ]
    assert {row.check for row in report.rows} >= {"outputs", "gradients", "source"}


@pytest.mark.parametrize("other", ["float32", "float64"])
def test_a_model_of_state_alone_has_a_dtype(backend: Backend, other: str) -> None:
    import_module(f"tests.backends.odd.{backend.name}")
    spec, own = Spec("state", (3,), [Fixed()]), {"float32", "float64"} - {other}
    model = backend.compile(spec, seed=0, dtype=own.pop())
    with pytest.raises(InputError, match=rf"received {other}"):
        backend.forward(model, spec, np.ones((2, 3), other))
