"""A compiled net does whatever a hand-written one does, hybridized or not."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd, gluon
from mxnet.gluon import nn

from netspec import layers as nl
from netspec.conformance.cases import draw_case, draw_single, single_layers
from netspec.conformance.judging import (
    agree,
    compare,
    forecast,
    numerics_of,
    tensors,
)
from netspec.errors import BackendError
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_gluon import backend
from netspec_gluon._arrays import to_nd
from netspec_gluon.support.recurrent import Unrolled

STATIC = {"static_alloc": True, "static_shape": True}
MODELS = [
    (f"{name} {dtype}", spec, dtype)
    for name, spec in single_layers().items()
    for dtype in ("float32", "float64")
]
each = pytest.mark.parametrize(
    ("spec", "dtype"), [model[1:] for model in MODELS], ids=[m[0] for m in MODELS]
)


def made(spec: Spec, dtype: str, **options: Any) -> Any:
    try:
        return backend.compile(spec, dtype=dtype, **options)
    except BackendError as error:
        pytest.skip(str(error))


def batch_for(spec: Spec, dtype: str) -> Any:
    random = np.random.default_rng(0)
    shape = (5, *spec.input_shape)
    if spec.input_dtype == "int":
        return to_nd(random.integers(0, 3, shape), dtype, mx.cpu())
    return to_nd(random.normal(size=shape), dtype, mx.cpu())


@each
@pytest.mark.parametrize("train", [True, False])
def test_hybridized_gives_the_same_bits(spec: Spec, dtype: str, train: bool) -> None:
    spec = spec.without_dropout()
    case = draw_single(spec, train=train, dtype=dtype)
    model = made(spec, dtype, params=case.params)
    given = case.x, case.cotangent
    eager = tensors(backend.step(model, spec, *given, train=train))
    model.hybridize(**STATIC)
    for _ in range(2):  # the second call finds its memory allocated
        hybrid = tensors(backend.step(model, spec, *given, train=train))
        if isinstance(model[0], Unrolled):  # a graph adds gradients in its own order
            numerics = numerics_of(backend, case)
            expected = forecast(case, numerics)
            assert compare(hybrid, case, numerics, expected).passed
        else:
            assert all(np.array_equal(eager[name], hybrid[name]) for name in eager)


# SymbolBlock.imports says so of every net
@pytest.mark.filterwarnings("ignore:Cannot decide type:UserWarning")
@each
def test_everything_that_stores_a_net(spec: Spec, dtype: str, tmp_path: Path) -> None:
    net, x = made(spec, dtype), batch_for(spec, dtype)
    expected = net(x).asnumpy()
    twin = pickle.loads(pickle.dumps(net))
    assert type(twin) is nn.HybridSequential
    assert np.array_equal(twin(x).asnumpy(), expected)
    net.save_parameters(str(tmp_path / "net.params"))
    other = made(spec, dtype, seed=1)
    other.load_parameters(str(tmp_path / "net.params"))
    assert np.array_equal(other(x).asnumpy(), expected)
    assert np.array_equal(exported(net, x, tmp_path)(x).asnumpy(), expected)


def exported(net: Any, x: Any, folder: Path) -> Any:
    """The net as a symbol with parameters, read again."""
    net.hybridize(**STATIC)
    net(x).wait_to_read()
    net.export(str(folder / "net"))
    weights = folder / "net-0000.params"
    symbol, file = str(folder / "net-symbol.json"), str(weights)
    has_weights = bool(net.collect_params().keys())
    return gluon.SymbolBlock.imports(symbol, ["data"], file if has_weights else None)


def layers() -> list[Layer]:
    """Everything that our own blocks do, in one net."""
    return [
        nl.Conv2D(4, kernel_size=3, padding=1),
        nl.BatchNorm(),
        nl.GroupNorm(2, scale=False),
        nl.BatchNorm(scale=False),
        nl.Residual([nl.LayerNorm(scale=False)], shortcut=[nl.HardSigmoid()]),
        nl.Residual([nl.Dense(5, name="inner")]),
        nl.Parallel([[nl.Identity()], [nl.CELU(0.5)]]),
        nl.Parallel([[nl.Tanh()], [nl.Softplus()], [nl.Identity()]], merge="add"),
        nl.MaxPool2D(2, stride=1),
        nl.InstanceNorm(),
        nl.Permute((2, 3, 1)),
        nl.Reshape((4, 40)),
        nl.LayerNorm(axes=2),
        nl.PReLU(per_channel=True),
        nl.Flatten(),
        nl.Dense(3, name="head"),
    ]


ALL = Spec("all", (3, 6, 5), layers())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("train", [True, False])
def test_all_in_one_net_agree(dtype: str, train: bool) -> None:
    agreement = agree(backend, draw_case(ALL, train=train, dtype=dtype))
    assert not agreement.failures, str(agreement)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_trainer_trains_it(dtype: str) -> None:
    net, x = backend.compile(ALL, seed=0, dtype=dtype), batch_for(ALL, dtype)
    net.hybridize(**STATIC)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01})
    before, losses = backend.params(net, ALL), []
    for _ in range(20):
        with autograd.record():
            loss = (net(x) ** 2).mean()
        loss.backward()
        trainer.step(1)
        losses.append(float(loss.asscalar()))
    assert losses[-1] < 0.9 * losses[0]
    after = backend.params(net, ALL)
    moved = {path for path in before if not np.array_equal(before[path], after[path])}
    assert moved == set(ALL.parameters())


def test_cast_changes_the_dtype() -> None:
    spec = Spec("mlp", (6,), [nl.Dense(5), nl.BatchNorm(), nl.ReLU(), nl.Dense(3)])
    net, x = backend.compile(spec, seed=0), batch_for(spec, "float64")
    single = net(x.astype("float32")).asnumpy()
    net.cast("float64")
    double = backend.compile(spec, seed=0, dtype="float64")(x)
    assert single.dtype == np.float32
    assert np.array_equal(net(x).asnumpy(), double.asnumpy())


def frozen_features(net: Any) -> None:
    for block in list(net)[:-1]:
        block.collect_params().setattr("grad_req", "null")


def zeroed_head(net: Any) -> None:
    net.head.initialize(mx.init.Zero(), force_reinit=True)


@pytest.mark.parametrize("change", [frozen_features, zeroed_head])
def test_users_may_change_it_by_hand(change: Callable[[Any], None]) -> None:
    net, x = backend.compile(ALL, seed=0), batch_for(ALL, "float32")
    change(net)
    with autograd.record():
        y = net(x)
    y.backward()
    assert np.isfinite(net.head.weight.grad().asnumpy()).all()
    assert (change is zeroed_head) == (not y.asnumpy().any())


def test_slices_and_summaries(capsys: pytest.CaptureFixture[str]) -> None:
    net = backend.compile(ALL, seed=0)
    assert type(net[:2]) is nn.HybridSequential
    net.summary(batch_for(ALL, "float32"))
    assert "Conv2D" in capsys.readouterr().out
    assert "Residual" in repr(net)
