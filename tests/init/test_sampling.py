"""Portable weights: bits that never change, and the laws that they follow."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netspec as ns
from netspec.fuzzing.strategies import specs
from netspec.spec import CHUNK, init_params, stream_key
from tests.laws import SUPPORT, check_sample

INITIALIZERS: dict[str, ns.Initializer] = {
    "uniform": ns.Uniform(-0.5, 2),
    "normal": ns.Normal(0.5, mean=-1),
    "truncated": ns.TruncatedNormal(2, mean=1, low=-1, high=2),
    "xavier_uniform": ns.XavierUniform(),
    "xavier_normal": ns.XavierNormal(2),
    "kaiming_uniform": ns.KaimingUniform("tanh", fan="fan_out"),
    "kaiming_normal": ns.KaimingNormal(),
    "lecun": ns.LeCunNormal(),
    "scaling": ns.VarianceScaling(1 / 3, fan="fan_avg"),
    "orthogonal": ns.Orthogonal(3),
}


def matrix(
    initializer: ns.Initializer, rows: int = 300, columns: int = 300, name: str = "w"
) -> ns.Spec:
    layer = ns.Dense(rows, bias=False, name=name, init={"weight": initializer})
    return ns.Spec("matrix", (columns,), [layer])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_draws_follow_their_law(name: str) -> None:
    spec = matrix(INITIALIZERS[name], 2048, 512)
    check_sample(spec.parameters()["w.weight"].law, init_params(spec, 1)["w.weight"])


def test_uniform_draws_reach_their_bounds() -> None:
    drawn = init_params(matrix(ns.Uniform(-2, 2), 2048, 512), 2)["w.weight"]
    room = 2 * (1 - SUPPORT / drawn.size)
    assert drawn.max() >= room
    assert drawn.min() <= -room


def test_uniform_is_half_open_and_keeps_24_bits() -> None:
    drawn = init_params(matrix(ns.Uniform(0, 1), 2048, 512), 3)["w.weight"]
    steps = drawn * 2**24
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert np.array_equal(steps, np.round(steps))
    assert np.any(steps % 2 == 1)


@pytest.mark.parametrize("shape", [(40, 30), (30, 40), (1, 7), (7, 1)])
def test_orthogonal_rows_or_columns(shape: tuple[int, int]) -> None:
    drawn = init_params(matrix(ns.Orthogonal(2), *shape), 0)["w.weight"]
    wide = drawn if shape[0] <= shape[1] else drawn.T
    identity = 4 * np.eye(min(shape))
    assert wide @ wide.T == pytest.approx(identity, abs=64 * 2.0**-24)


# Bits that every user's weights depend on. Orthogonal is left out: a QR factorization
# follows the BLAS of the machine.
DIGESTS = {
    "uniform": "345695433072fa8502bb01d7d10c0d1f106462f9c79de70517cfa2b234cc00e6",
    "normal": "9e9e9cd5532fc4eca865e09bac3673c3ea48f6893926543a0674fbe54966b46e",
    "truncated": "4f20560197304e6a2871a488d539463684fa2c6ace6d997e103ca7748e27511f",
    "kaiming_uniform":
        "c3a8b01c4bfff9b0f2ba9471e22a5316d10a9992081e2ec5aec437e52ee4becb",
    "kaiming_normal":
        "030cf06b5e25b523d24a39d65af8cd25034a738b02d0908a05a32efc40d4b888",
    "lecun": "3e5ee3ff3e5a317eaba3e26741dda5adba50cb7bdb5c52b96db331223cc8a4b9",
}  # fmt: skip


@pytest.mark.parametrize("name", DIGESTS)
def test_bits_are_frozen(name: str) -> None:
    drawn = init_params(matrix(INITIALIZERS[name]), 0)["w.weight"]
    assert drawn.size > CHUNK
    little = drawn.astype("<f4").tobytes()
    assert hashlib.sha256(little).hexdigest() == DIGESTS[name]


def test_keys_are_frozen() -> None:
    assert stream_key(7, "0.weight").tolist() == [
        0x503DDEF847B6C271,
        0x1CC3643BD6C2B1F7,
    ]


def test_a_chunk_is_what_the_format_says() -> None:
    """The stream of chunk 1, drawn without the library's own code."""
    drawn = init_params(matrix(ns.Uniform(-1, 1)), 5)["w.weight"].reshape(-1)
    message = (5).to_bytes(8, "little") + b"w.weight"
    digest = hashlib.blake2b(message, digest_size=16, person=b"netspec-init-v1")
    key = int.from_bytes(digest.digest(), "little")
    bits = np.random.Philox(key=key, counter=1 << 192)
    words = bits.random_raw(4)
    steps = [int(w) >> shift & 0xFFFFFFFF for w in words for shift in (0, 32)]
    signed = [(step - 2**32 if step >= 2**31 else step) >> 8 for step in steps]
    assert drawn[CHUNK : CHUNK + 8].tolist() == [step / 2**23 for step in signed]


@given(specs(), st.integers(0, 2**64 - 1), st.integers(2, 5))
def test_values_do_not_depend_on_threads(
    spec: ns.Spec, seed: int, threads: int
) -> None:
    check_same(
        init_params(spec, seed, threads=1), init_params(spec, seed, threads=threads)
    )


def test_many_chunks_do_not_depend_on_threads() -> None:
    layers = [ns.Dense(700), ns.BatchNorm(), ns.Dense(1500), ns.Dense(3)]
    spec = ns.Spec("wide", (700,), layers, init="torch")
    one = init_params(spec, 9, threads=1)
    for threads in (2, 3, None):
        check_same(one, init_params(spec, 9, threads=threads))


def check_same(some: dict[str, Any], others: dict[str, Any]) -> None:
    assert list(some) == list(others)
    for path, array in some.items():
        assert array.tobytes() == others[path].tobytes()


@given(specs())
def test_arrays_are_the_parameters_of_the_spec(spec: ns.Spec) -> None:
    drawn = init_params(spec, 0)
    assert list(drawn) == list(spec.parameters())
    for path, parameter in spec.parameters().items():
        array = drawn[path]
        assert array.shape == parameter.shape
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert array.flags.owndata
        assert np.all(np.isfinite(array))


@given(specs())
def test_numbers_are_the_same_in_float64(spec: ns.Spec) -> None:
    single, double = init_params(spec, 4), init_params(spec, 4, "float64")
    for path, array in double.items():
        assert array.dtype == np.float64
        assert np.array_equal(array, single[path].astype(np.float64))


def test_values_depend_on_seed_and_path_alone() -> None:
    law = ns.Normal()
    base = init_params(matrix(law), 0)["w.weight"]
    longer = ns.Spec(
        "longer",
        (300,),
        [ns.Dense(300), ns.Dense(300, name="w", init={"weight": law})],
    )
    assert np.array_equal(init_params(longer, 0)["w.weight"], base)
    assert not np.any(init_params(matrix(law), 1)["w.weight"] == base)
    other = init_params(matrix(law, name="v"), 0)["v.weight"]
    assert abs(np.corrcoef(other.ravel(), base.ravel())[0, 1]) < 6.11 / 300


def test_chunks_do_not_repeat() -> None:
    drawn = init_params(matrix(ns.Normal(), 1024, 512), 0)["w.weight"].reshape(8, CHUNK)
    correlations = np.corrcoef(drawn) - np.eye(8)
    assert np.abs(correlations).max() < 6.11 / np.sqrt(CHUNK)


@pytest.mark.parametrize("seed", [-1, 2**64, True, 1.0, "0", None])
def test_seeds_that_are_none(seed: Any) -> None:
    with pytest.raises(ns.NetspecError, match=r"natural number below 2\^64, received"):
        init_params(matrix(ns.Zeros()), seed)


def test_numpy_integers_are_seeds() -> None:
    spec = matrix(ns.Normal())
    check_same(init_params(spec, 3), init_params(spec, np.uint64(3)))  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", ["float16", "int32", "double", None])
def test_dtypes_that_are_none(dtype: Any) -> None:
    with pytest.raises(ns.NetspecError, match="'float32' or 'float64', received"):
        init_params(matrix(ns.Zeros()), 0, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_more_than_the_memory_is_refused_at_once(dtype: str) -> None:
    spec = ns.Spec("huge", (10**6,), [ns.Dense(10**6, bias=False)])
    with pytest.raises(ns.NetspecError) as caught:
        init_params(spec, 0, dtype)
    assert "1,000,000,000,000 parameters" in str(caught.value)
    assert "GiB of memory" in str(caught.value)
    assert "make its layers smaller" in str(caught.value)
