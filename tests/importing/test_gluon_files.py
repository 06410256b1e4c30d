"""A net that is compiled for Gluon, exported to files and imported from them is the
normal form of its spec, and gives the same bits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netspec as ns
from netspec import importing
from tests.importing.compared import nameless, tied

pytestmark = pytest.mark.skipif(
    not ns.backends()["gluon"].installed, reason="MXNet is not installed"
)
NET = ns.Spec(
    "net",
    (3, 8, 8),
    [
        ns.Conv2D(8, kernel_size=3, padding=1, bias=False),
        ns.BatchNorm(0.8, eps=2e-3),
        ns.ReLU(),
        ns.MaxPool2D(3, stride=2, ceil_mode=True),
        ns.Residual(
            [ns.Conv2D(8, kernel_size=1), ns.BatchNorm(scale=False), ns.ReLU6()],
            shortcut=[ns.Conv2D(8, kernel_size=1, groups=2)],
        ),
        ns.Parallel([[ns.AvgPool2D(2)], [ns.MaxPool2D(2)]]),
        ns.Parallel(
            [[ns.Identity()], [ns.GlobalAvgPool2D(keepdims=True), ns.Sigmoid()]],
            merge="multiply",
        ),
        ns.Parallel([[ns.Tanh()], [ns.ReLU()], [ns.Identity()]], merge="add"),
        ns.Permute((2, 3, 1)),
        ns.Reshape((2, 32)),
        ns.Dense(6),
        ns.LayerNorm(),
        ns.LeakyReLU(0.3),
        ns.Flatten(),
        ns.Dropout(0.4),
        ns.Rescale(2.0, offset=1.0),
        ns.Dense(5, bias=False),
        ns.Softmax(),
    ],
)


def test_a_net(tmp_path: Path) -> None:
    backend = ns.backend("gluon")
    net = backend.compile(NET, seed=3)
    x = np.random.default_rng(0).normal(size=(4, *NET.input_shape)).astype(np.float32)
    net.hybridize()
    backend.step(net, NET, x, np.ones((4, 5), np.float32), train=True)
    wanted = backend.forward(net, NET, x)
    net.export(str(tmp_path / "net"))
    files = (tmp_path / "net-symbol.json", tmp_path / "net-0000.params")
    found = importing.mxnet(*files, NET.input_shape)
    normal = importing.normal(NET, "gluon")
    assert nameless(found.spec) == nameless(normal)
    again = backend.compile(found.spec, params=found.params)
    assert np.array_equal(backend.forward(again, found.spec, x), wanted)
    (ignored,) = found.unused
    assert ignored.endswith("_gamma")  # of scale=False: it is fixed at 1


TIED = ns.Spec(
    "tied",
    (5,),
    [ns.Embedding(7, 4), ns.Dense(4), ns.Tanh(), ns.Dense(4), ns.Dense(7, bias=False)],
    input_dtype="int",
    ties={"3.weight": "1.weight", "4.weight": "0.weight"},
)


def test_a_variable_that_is_read_twice_is_a_tie(tmp_path: Path) -> None:
    backend = ns.backend("gluon")
    net = backend.compile(TIED, seed=3)
    x = np.arange(10).reshape(2, 5) % 7
    net.hybridize()
    wanted = backend.forward(net, TIED, x)
    net.export(str(tmp_path / "net"))
    files = (tmp_path / "net-symbol.json", tmp_path / "net-0000.params")
    for found in (importing.mxnet(*files, (5,)), importing.gluon(net, x)):
        assert nameless(found.spec) == nameless(importing.normal(TIED, "mxnet"))
        assert tied(found.spec) == tied(TIED)
        again = backend.compile(found.spec, params=found.params)
        assert np.array_equal(backend.forward(again, found.spec, x), wanted)
