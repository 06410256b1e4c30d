"""Compiled models: plain blocks with canonical names and exactly the given weights."""

from __future__ import annotations

import mxnet as mx
import numpy as np
import pytest
from hypothesis import assume, given
from mxnet.gluon import nn

from netspec import layers as nl
from netspec.backend import Arrays
from netspec.conformance import single_layers
from netspec.errors import BackendError, NetspecError, ParameterError
from netspec.init.sampling import init_params
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_gluon import backend
from tests.strategies import specs

PLANE = (4, 7, 6)
CANONICAL = {"gamma": "weight", "beta": "bias", "alpha": "weight"}

# What Gluon cannot have, by catalog name: dtypes, and the reason
CEIL = ("float32",), "float32 gradient of Gluon's average pooling with ceil_mode"
UNBIASED = ("float32", "float64"), "Gluon averages biased variances"
AVERAGE = "AvgPool2D((3, 3), stride=(2, 2), {}ceil_mode=True{}) on (4, 7, 6)"
REFUSED = {
    AVERAGE.format("", ""): CEIL,
    AVERAGE.format("padding=(1, 1), ", ""): CEIL,
    AVERAGE.format("padding=(1, 1), ", ", count_include_pad=False"): CEIL,
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
        # (7, 6): one row of windows more than Gluon keeps, and as many columns
        (nl.MaxPool2D(2, stride=(3, 2), padding=(1, 0), ceil_mode=True), None),
        (nl.MaxPool2D((2, 3), stride=(3, 2), padding=1, ceil_mode=True), "starts in"),
        (nl.BatchNorm(1e-45), "out of the range"),
        (nl.ELU(1e-310), "out of the range"),
    ],
)
def test_what_gluon_cannot_say_is_refused(layer: Layer, reason: str | None) -> None:
    spec = Spec("s", PLANE, [nl.Identity(), layer])
    if reason is None:
        backend.compile(spec, seed=0)
        return
    for dtype in ("float32", "float64"):
        with pytest.raises(
            BackendError, match=f"^1 {type(layer).__name__}: .*{reason}"
        ):
            backend.compile(spec, seed=0, dtype=dtype)


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
    return f"{owner}.{CANONICAL.get(key, key)}"


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


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_seed_gives_the_portable_weights(dtype: str) -> None:
    spec = mlp()
    held = backend.params(backend.compile(spec, seed=3, dtype=dtype), spec)
    wanted = init_params(spec, 3, dtype)
    assert list(held) == list(wanted)
    for path, array in wanted.items():
        assert held[path].dtype == dtype
        assert held[path].tobytes() == array.tobytes()


@given(specs())
def test_given_weights_come_back(spec: Spec) -> None:
    params = random_params(spec, "float64")
    try:
        model = backend.compile(spec, params=params, dtype="float64")
    except BackendError:
        assume(False)
    held = backend.params(model, spec)
    assert list(held) == list(params)
    assert all(np.array_equal(held[path], params[path]) for path in params)


def random_params(spec: Spec, dtype: str = "float32") -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        path: random.uniform(0.5, 1.5, parameter.shape).astype(dtype)
        for path, parameter in spec.parameters().items()
    }


def test_given_arrays_are_copied_whatever_their_layout() -> None:
    spec = Spec("dense", (3,), [nl.Dense(2)])
    weight = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    frozen = weight.copy()
    frozen.flags.writeable = False
    strided = weight[::-1, ::-1].copy()[::-1, ::-1]
    for given_weight in (weight, strided, frozen, np.asfortranarray(weight)):
        params = {"0.weight": given_weight, "0.bias": np.zeros(2, np.float32)}
        model = backend.compile(spec, params=params)
        assert np.array_equal(backend.params(model, spec)["0.weight"], weight)
        model[0].weight.set_data(mx.nd.full((2, 3), 9))
        mx.nd.waitall()
        assert not np.any(given_weight == 9)


def test_arrays_take_the_dtype_of_the_model() -> None:
    spec = mlp()
    model = backend.compile(spec, params=random_params(spec, "float64"))
    kinds = {np.dtype(p.dtype).name for p in model.collect_params().values()}
    assert kinds == {"float32"}
    assert backend.load_params(model, spec, random_params(spec)) is model


def test_params_are_copies() -> None:
    spec = mlp()
    model = backend.compile(spec, seed=0)
    backend.params(model, spec)["0.weight"][:] = 9
    assert not np.any(backend.params(model, spec)["0.weight"] == 9)


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


@pytest.mark.parametrize("device", ["gpu:99", "cuda", "abacus", 1.5, "cpu:x"])
def test_devices_that_are_not_there_are_refused(device: object) -> None:
    with pytest.raises(BackendError, match=r"^device .* cannot be used: .*; use 'cpu'"):
        backend.compile(mlp(), seed=0, device=device)


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


@pytest.mark.parametrize(
    ("params", "seed", "error"),
    [
        ({}, None, ParameterError),
        ({"0.weight": np.zeros((2, 2), np.float32)}, None, ParameterError),
        ({}, 1, BackendError),
        (None, -1, NetspecError),
        (None, True, NetspecError),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    params: Arrays | None, seed: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        backend.compile(mlp(), params=params, seed=seed)


def test_a_model_of_another_spec_is_refused() -> None:
    model = backend.compile(mlp(), seed=0)
    for other in (
        Spec("other", (3,), [nl.Dense(4), nl.Dense(2)]),
        Spec("other", (4,), [nl.Dense(3)]),
        Spec("less", (3,), [nl.Dense(4), nl.BatchNorm()]),
    ):
        with pytest.raises(BackendError, match="the spec has a parameter of shape"):
            backend.params(model, other)
        with pytest.raises(BackendError, match="give the model's own spec"):
            backend.load_params(model, other, random_params(other))


def test_more_than_the_memory_is_refused_before_it_is_taken() -> None:
    spec = Spec("huge", (2**20,), [nl.Dense(2**24), nl.Dense(2**24)])
    with pytest.raises(NetspecError, match="memory of this machine"):
        backend.compile(spec)


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
