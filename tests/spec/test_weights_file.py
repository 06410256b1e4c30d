"""Parameter files: what is written comes back, and what does not fit is refused."""

from __future__ import annotations

import json
import os
import pickle
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import netspec as ns
from netspec import ParameterError, Spec, init_params, load_params, save_params
from netspec.fuzzing.strategies import specs
from netspec.spec import check_params
from tests.spec.test_spec import MLP

Params = dict[str, NDArray[Any]]

SMALL = Spec("small", (4,), [ns.Dense(3), ns.BatchNorm(), ns.Dense(2, name="head")])


def small() -> Params:
    return init_params(SMALL, 0)


@given(specs(), st.sampled_from(["float32", "float64"]))
def test_a_file_gives_spec_and_parameters_back(
    tmp_path_factory: pytest.TempPathFactory, spec: Spec, dtype: str
) -> None:
    path = tmp_path_factory.mktemp("params") / "weights.safetensors"
    params = init_params(spec, 1, dtype)
    save_params(path, spec, params)
    found, loaded = load_params(path)
    assert found == spec
    assert list(loaded) == list(params)
    for name, array in params.items():
        assert loaded[name].dtype == dtype
        assert np.array_equal(loaded[name], array)


def test_other_programs_read_the_file(tmp_path: Path) -> None:
    from safetensors import safe_open

    path = tmp_path / "weights.safetensors"
    save_params(path, SMALL, small())
    with safe_open(path, framework="numpy") as file:
        assert file.metadata() == {"netspec": SMALL.to_json()}
        names = file.keys()
        assert set(names) == set(SMALL.parameters())
        for name in names:
            assert np.array_equal(file.get_tensor(name), small()[name])


def test_the_same_parameters_give_the_same_bytes(tmp_path: Path) -> None:
    shuffled = dict(reversed(small().items()))
    for name, params in {"one": small(), "two": shuffled}.items():
        save_params(tmp_path / name, SMALL, params)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_arrays_of_any_layout_are_saved(tmp_path: Path) -> None:
    params = small()
    params["0.weight"] = np.asfortranarray(params["0.weight"])
    params["0.bias"] = np.repeat(params["0.bias"], 2)[::2]
    save_params(tmp_path / "weights", SMALL, params)
    _, loaded = load_params(tmp_path / "weights")
    assert np.array_equal(loaded["0.weight"], small()["0.weight"])
    assert np.array_equal(loaded["0.bias"], small()["0.bias"])


def test_a_run_that_diverged_can_be_saved_and_looked_at(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    path, params = tmp_path / "weights", small()
    params["0.weight"][0, :3] = np.nan, np.inf, -np.inf
    with pytest.warns(UserWarning, match=r"not finite: 0.weight\[0, 0\] \(nan\)"):
        save_params(path, SMALL, params)
    found = load_file(path)["0.weight"]
    assert np.array_equal(found, params["0.weight"], equal_nan=True)
    with pytest.raises(ParameterError, match=r"weights: not finite: 0.weight\[0, 0\]"):
        load_params(path)


def without(name: str) -> Callable[[Params], object]:
    return lambda params: params.pop(name)


def changed(name: str, value: object) -> Callable[[Params], object]:
    return lambda params: params.update({name: value})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (without("0.weight"), "missing: 0.weight;"),
        (changed("foo", np.zeros(3)), "unknown: foo;"),
        (changed("0.bias", [0, 0, 0]), "not a NumPy array: 0.bias (list);"),
        (changed("0.bias", np.zeros(2, "f4")), "wrong shape: 0.bias (2,), not (3,);"),
        (changed("0.bias", np.zeros(3, "f2")), "float64: 0.bias (float16);"),
        (changed("0.bias", np.zeros(3, ">f4")), "float64: 0.bias (>f4);"),
        (changed("0.bias", np.zeros(3)), "different dtypes: float32, float64;"),
        (dict.clear, "0.weight, 0.bias, 1.weight, 1.bias, 1.running_mean and 3 more;"),
    ],
)
def test_parameters_that_do_not_fit(
    tmp_path: Path, change: Callable[[Params], object], problem: str
) -> None:
    params = small()
    change(params)
    with pytest.raises(ParameterError) as caught:
        save_params(tmp_path / "weights", SMALL, params)
    assert problem in str(caught.value)
    assert str(caught.value).startswith("these are not the parameters of 'small': ")
    assert os.listdir(tmp_path) == []


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        check_params(SMALL, init_params(MLP, 0))
    for problem in ("unknown: 4.body.0.weight", "0.weight (256, 784), not (3, 4)"):
        assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("params", [None, 3, [np.zeros(3)], np.zeros(3)])
def test_what_is_no_mapping(params: Any) -> None:
    with pytest.raises(ParameterError, match="must map paths to NumPy arrays"):
        check_params(SMALL, params)


def written(path: Path) -> bytes:
    save_params(path, SMALL, small())
    return path.read_bytes()


def assembled(header: object, body: bytes = b"") -> bytes:
    encoded = json.dumps(header).encode()
    return len(encoded).to_bytes(8, "little") + encoded + body


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    whole = written(path)
    for size in (0, 1, 7, 8, 9, 50, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(ParameterError, match="not a whole safetensors file"):
            load_params(path)


METADATA = {"__metadata__": {"netspec": SMALL.to_json()}}
SCALAR = {"shape": [1], "data_offsets": [0, 4]}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"plain text, not arrays at all", "not a whole safetensors file"),
        (pickle.dumps({"weight": 1}), "not a whole safetensors file"),
        (b"\xff" * 100, "not a whole safetensors file"),
        (assembled({"a": SCALAR | {"dtype": "F32"}}, b"1234"), "holds no spec"),
        (assembled(METADATA), "missing: 0.weight"),
        (assembled(METADATA | {"a": SCALAR | {"dtype": "BF16"}}, b"12"), "whole"),
        (assembled(METADATA | {"a": {"dtype": "BF16", "shape": [2],
                                     "data_offsets": [0, 4]}}, b"1234"), "BF16"),
        (assembled(METADATA | {"0.bias": {"dtype": "F32", "shape": [1] * 100,
                                          "data_offsets": [0, 4]}}, b"1234"),
         "wrong shape: 0.bias (1, 1, 1, 1, 1, 1, ...), not (3,);"),
        (assembled(METADATA | {"a" * 10**6: SCALAR | {"dtype": "F32"}}, b"1234"),
         "unknown: aaaa"),
        (assembled({"__metadata__": {"netspec": "{"}}), "its spec cannot be read"),
        (assembled({"__metadata__": {"netspec": "[" * 10**5}}), "nested more than 64"),
        (assembled({"__metadata__": {"netspec": '{"netspec": 2}'}}), "upgrade netspec"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_files_that_are_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "weights"
    path.write_bytes(content)
    with pytest.raises(ParameterError) as caught:
        load_params(path)
    assert problem in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700


def test_its_header_is_compared_before_anything_is_read(tmp_path: Path) -> None:
    path, size = tmp_path / "sparse", 8 * 10**9
    tensor = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
    content = assembled(METADATA | {"extra": tensor})
    path.write_bytes(content)
    os.truncate(path, len(content) + size)  # a hole: nothing is on the disk
    tracemalloc.start()
    try:
        with pytest.raises(ParameterError, match="unknown: extra"):
            load_params(path)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


def test_more_than_the_memory_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, spec = tmp_path / "sparse", Spec("wide", (2**9,), [ns.Dense(2**9)])
    save_params(path, spec, init_params(spec, 0))
    monkeypatch.setattr(os, "sysconf", lambda name: 2**9)  # pages, and bytes of one
    with pytest.raises(ns.NetspecError, match=r"1.0 MiB, more than the 0.2 MiB of mem"):
        load_params(path)


def test_a_stored_spec_is_as_small_as_one_in_a_file(tmp_path: Path) -> None:
    keys = ",".join(f'"k{i}":1' for i in range(50_000))
    refused = {
        f'{{{keys},"z":1,"z":2}}': "the key 'z' stands twice",
        " " * (17 * 2**20): "its spec has more than 16 MiB",
    }
    for spec, problem in refused.items():
        path = tmp_path / "weights"
        path.write_bytes(assembled({"__metadata__": {"netspec": spec}}))
        start = time.process_time()
        with pytest.raises(ParameterError, match=problem):
            load_params(path)
        assert time.process_time() - start < 1


def test_a_pipe_is_no_parameter_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/null"):
        with pytest.raises(ParameterError, match="it is no file but a pipe or a dev"):
            load_params(path)


def test_places_that_hold_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    refused = {
        tmp_path: "Is a directory",
        tmp_path / "missing": "No such file",
        tmp_path / "file" / "below": "Not a directory",
    }
    for path, problem in refused.items():
        with pytest.raises(ParameterError, match=f"cannot be read: {problem}"):
            load_params(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "weights"
    path.write_bytes(content)
    with pytest.raises(ParameterError):
        load_params(path)


@given(st.data())
def test_a_flipped_byte_of_the_header_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("flipped") / "weights"
    content = bytearray(written(path))
    header = 8 + int.from_bytes(content[:8], "little")
    content[data.draw(st.integers(0, header - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        spec, params = load_params(path)
    except ParameterError:
        return
    check_params(spec, params)
