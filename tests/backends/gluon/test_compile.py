"""Compiled models: plain blocks with canonical names and exactly the given weights."""

from __future__ import annotations

from typing import Any

import mxnet as mx
import numpy as np
import pytest
from mxnet.gluon import nn

from netspec import layers as nl
from netspec.conformance.cases import draw_single, single_layers
from netspec.conformance.judging import agree
from netspec.contract import Optimizer
from netspec.errors import BackendError
from netspec.fuzzing import trial
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_gluon import backend
from netspec_gluon._fused_weights import CELL, in_pytorch

PLANE = (4, 7, 6)
CANONICAL = {"gamma": "weight", "beta": "bias", "alpha": "weight"}

# What Gluon cannot have, by catalog name: dtypes, and the reason
UNBIASED = ("float32", "float64"), "Gluon averages biased variances"
REFUSED = {
    "BatchNorm(running_variance=unbiased) on (6,)": UNBIASED,
}
SINGLE = {n: spec for n, spec in single_layers().items() if n not in REFUSED}


def mlp() -> Spec:
    body = [nl.Dense(5), nl.ReLU(), nl.Dense(4)]
    layers = [nl.Dense(4), nl.BatchNorm(), nl.Dropout(0.5), nl.Residual(body)]
    return Spec("mlp", (3,), layers)


@pytest.mark.parametrize("name", single_layers())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_exactly_these_layers_are_refused(name: str, dtype: str) -> None:
    spec = single_layers()[name]
    dtypes, reason = REFUSED.get(name, ((), ""))
    if dtype not in dtypes:
        backend.compile(spec, seed=0, dtype=dtype)
        return
    for run in (backend.compile, backend.source):
        with pytest.raises(BackendError, match=f"^0 {name.partition('(')[0]}: .*"):
            run(spec, dtype=dtype)
        with pytest.raises(BackendError, match=reason):
            run(spec, dtype=dtype)


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (nl.BatchNorm(1e-45), "out of the range"),
        (nl.ELU(1e-310), "out of the range"),
    ],
)
def test_what_gluon_cannot_say_is_refused(layer: Layer, reason: str) -> None:
    spec = Spec("s", PLANE, [nl.Identity(), layer])
    for dtype in ("float32", "float64"):
        with pytest.raises(
            BackendError, match=f"^1 {type(layer).__name__}: .*{reason}"
        ):
            backend.compile(spec, seed=0, dtype=dtype)


BESIDE = nl.Parallel([[nl.Tanh()], [nl.Identity()]])
READING = nl.Node("b", [nl.Tanh()], reads=["a", "input"])


@pytest.mark.parametrize(
    ("layer", "axes"),
    [
        (nl.Slice(-1, step=2), 5),
        (nl.PositionEmbedding(), 5),
        (nl.SinusoidalPosition(), 5),
        (nl.ClassToken(), 6),
        (nl.Roll([-1], [1]), 6),
        (BESIDE, 6),
        (nl.Graph([nl.Node("a", [nl.Tanh()]), READING]), 6),
    ],
    ids=lambda value: type(value).__name__,
)
def test_more_axes_than_an_operator_takes_are_refused(layer: Layer, axes: int) -> None:
    """MXNet would raise where it runs, and again at whatever runs next."""

    def spec(axes: int) -> Spec:
        shape = (*(1,) * (axes - 3), 3, 2)
        return Spec("s", shape, [nl.Scale(axis=-1), layer])

    assert not trial(spec(axes), backend, "float32")
    with pytest.raises(
        BackendError, match=f"at most {axes} axes.*, received {axes + 1}"
    ):
        backend.compile(spec(axes + 1), seed=0)


@pytest.mark.parametrize(
    ("kernel", "padding", "padded"), [(2, (1, 0), False), ((2, 3), 1, True)]
)
def test_windows_that_gluon_does_not_make_are_padded_for(
    kernel: Any, padding: Any, padded: bool
) -> None:
    """On (7, 6) it keeps a row of windows too many, in the second pool of one column
    that it must round up for.
    """
    pool = nl.MaxPool2D(kernel, stride=(3, 2), padding=padding, ceil_mode=True)
    spec = Spec("s", PLANE, [pool])
    assert ("Pad(" in backend.source(spec)) == padded
    case = draw_single(spec, train=False, dtype="float64")
    assert agree(backend, case).passed


@pytest.mark.parametrize("spec", SINGLE.values(), ids=SINGLE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_parameters_are_the_canonical_ones_in_order(spec: Spec, dtype: str) -> None:
    model = backend.compile(spec, seed=0, dtype=dtype)
    assert type(model) is nn.HybridSequential
    parameters = model._collect_params_with_prefix()
    ordered = list(model.collect_params().values())
    assert [id(p) for p in parameters.values()] == [id(p) for p in ordered]
    # Gluon keeps the ones and zeros of what a normalization leaves out
    declared = spec.parameters()
    names = [name for name in map(canonical, parameters) if name in declared]
    assert names == list(declared)
    learned = [canonical(n) for n, p in parameters.items() if p.grad_req != "null"]
    assert learned == [name for name, p in declared.items() if p.trainable]
    assert all(0 not in p.shape for p in ordered)
    assert all(np.dtype(p.dtype) == dtype for p in ordered)


def canonical(name: str) -> str:
    owner, _, key = name.rpartition(".")
    return CELL.sub(in_pytorch, f"{owner}.{CANONICAL.get(key, key)}")


def test_prefixes_say_what_a_parameter_belongs_to() -> None:
    names = [p.name for p in backend.compile(mlp(), seed=0).collect_params().values()]
    assert [name.rstrip("_0123456789").rpartition("_")[2] for name in names] == [
        *("weight", "bias"),
        *("gamma", "beta", "mean", "var"),
        *("weight", "bias") * 2,
    ]
    assert [name[:5] for name in names] == ["dense"] * 2 + ["batch"] * 4 + ["dense"] * 4


def test_two_models_of_a_spec_fit_in_one_network() -> None:
    both = nn.HybridSequential()
    both.add(backend.compile(mlp(), seed=0), backend.compile(mlp(), seed=1))
    assert len(both.collect_params().keys()) == 2 * len(mlp().parameters())


@pytest.mark.parametrize("spec", SINGLE.values(), ids=SINGLE)
def test_nothing_is_deferred(spec: Spec) -> None:
    model = backend.compile(spec)
    assert all(np.isfinite(a).all() for a in backend.params(model, spec).values())


def random_params(spec: Spec, dtype: str = "float32") -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        path: random.uniform(0.5, 1.5, parameter.shape).astype(dtype)
        for path, parameter in spec.parameters().items()
    }


def test_native_weights_follow_the_generator_of_mxnet() -> None:
    spec = mlp()
    drawn = []
    for seed in (1, 1, 2):
        mx.random.seed(seed)
        drawn.append(backend.params(backend.compile(spec), spec)["0.weight"])
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


def test_given_weights_leave_the_generator_alone() -> None:
    def next_number(*, between: bool) -> float:
        mx.random.seed(5)
        if between:
            backend.compile(mlp(), seed=0)
            backend.compile(mlp(), params=random_params(mlp()))
        return float(mx.nd.random.uniform().asscalar())

    assert next_number(between=True) == next_number(between=False)


@pytest.mark.parametrize("device", [None, "cpu", mx.cpu()])
def test_devices(device: object) -> None:
    model = backend.compile(mlp(), seed=0, device=device)
    contexts = [p.list_ctx() for p in model.collect_params().values()]
    assert all(held == [mx.cpu()] for held in contexts)


@pytest.mark.parametrize("name", ["name", "prefix", "forward", "add", "params"])
def test_names_of_hybrid_sequential_itself_are_refused(name: str) -> None:
    spec = Spec("s", (3,), [nl.Residual([nl.Dense(3, name=name)])])
    message = f"^0.body.{name} Dense: .* attribute '{name}' of its own; give the layer"
    for run in (backend.compile, backend.source):
        with pytest.raises(BackendError, match=message):
            run(spec)


def test_named_layers_are_attributes() -> None:
    layers = [nl.Dense(3, name="hidden"), nl.ReLU(), nl.Dense(2, name="class")]
    model = backend.compile(Spec("s", (4,), layers), seed=0)
    assert model.hidden is model[0]
    assert list(model._children) == ["hidden", "1", "class"]


def test_numpy_mode_is_refused() -> None:
    spec = mlp()
    model, x = backend.compile(spec, seed=0), np.zeros((2, 3), np.float32)
    mx.npx.set_np()
    try:
        for run in (
            lambda: backend.compile(spec),
            lambda: backend.forward(model, spec, x),
        ):
            with pytest.raises(BackendError, match=r"call mx\.npx\.reset_np\(\) first"):
                run()
    finally:
        mx.npx.reset_np()
    backend.forward(model, spec, x)


def test_what_is_advised_in_place_of_what_is_refused() -> None:
    spec = Spec("s", (3,), [nl.BatchNorm(running_variance="unbiased")])
    with pytest.raises(BackendError, match="'biased' or 'native', which evaluate"):
        backend.compile(spec, seed=0)
    x, found = np.ones((2, 3), np.float32), []
    for variance in ("biased", "native"):
        other = Spec("s", (3,), [nl.BatchNorm(running_variance=variance)])
        found.append(backend.forward(backend.compile(other, seed=0), other, x))
    assert np.array_equal(found[0], found[1])


def test_statistics_before_everything_trained_evaluate_and_train_with_a_scale() -> None:
    """A refusal to train forbids nothing else."""
    bare, scaled = (
        Spec("s", (3,), [nl.BatchNorm(scale=scale, center=False), nl.Dense(2)])
        for scale in (False, True)
    )
    xs, ys = np.ones((1, 4, 3), np.float32), np.ones((1, 4, 2), np.float32)
    model = backend.compile(bare, seed=0)
    assert backend.forward(model, bare, xs[0]).shape == (4, 2)
    with pytest.raises(BackendError, match="give it a scale or a center"):
        backend.train(model, bare, xs, ys, Optimizer("sgd", 0.1), "mse")
    model = backend.compile(scaled, seed=0)
    assert backend.train(model, scaled, xs, ys, Optimizer("sgd", 0.1), "mse").params
