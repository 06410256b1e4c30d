"""Repeat: a block written once, with parameters of its own each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netspec as ns
from netspec import Spec, SpecError

BLOCK = [ns.Dense(4), ns.BatchNorm(), ns.Tanh(name="bend")]
REPEATED = Spec("net", (4,), [ns.Dense(4), ns.Repeat(BLOCK, 3), ns.Dense(2)])
WRITTEN = Spec(
    "net",
    (4,),
    [ns.Dense(4), ns.Sequential([ns.Sequential(BLOCK)] * 3), ns.Dense(2)],
)


def test_a_file_has_the_block_once(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    REPEATED.save(file)
    assert ns.load(file) == REPEATED
    text = file.read_text()
    assert text.count("BatchNorm") == 1
    assert "times: 3" in text
    assert Spec.from_dict(REPEATED.to_dict()).digest == REPEATED.digest


def test_each_time_has_parameters_of_its_own() -> None:
    assert [*REPEATED.parameters()] == [*WRITTEN.parameters()]
    assert "1.2.1.running_mean" in REPEATED.parameters()
    assert REPEATED.shapes()["1.2.bend"] == (4,)
    first, second = (ns.init_params(REPEATED, 0)[f"1.{i}.0.weight"] for i in (0, 1))
    assert not np.array_equal(first, second)


def test_it_means_what_the_blocks_written_out_mean() -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    steps = []
    for spec in (REPEATED, WRITTEN):
        model = ns.compile(spec, "numpy", seed=0, dtype="float64")
        backend = ns.backend("numpy")
        steps.append(backend.step(model, spec, x, x[:, :2], train=True))
    one, other = steps
    assert np.array_equal(one.output, other.output)
    assert one.grad_input is not None
    assert other.grad_input is not None
    assert np.array_equal(one.grad_input, other.grad_input)
    for path, value in one.grad_params.items():
        assert np.array_equal(value, other.grad_params[path])
    for path, value in one.state.items():
        assert np.array_equal(value, other.state[path])


def test_the_shape_may_change_from_time_to_time() -> None:
    halved = Spec("halved", (8, 8), [ns.Repeat([ns.MaxPool1D(2)], 3)])
    assert [halved.shapes()[f"0.{i}.0"] for i in range(3)] == [(8, 4), (8, 2), (8, 1)]


def test_dropout_is_left_out_each_time() -> None:
    spec = Spec("dropping", (4,), [ns.Repeat([ns.Dense(4), ns.Dropout(0.5)], 2)])
    (plain,) = spec.without_dropout().layers
    assert plain == ns.Repeat([ns.Dense(4), ns.Identity()], 2)


def test_the_table_says_how_often() -> None:
    assert "Repeat(times=3)" in REPEATED.summary()
    assert REPEATED.summary().count("BatchNorm") == 3


@pytest.mark.parametrize(
    ("layers", "problem"),
    [
        (lambda: [ns.Repeat([ns.ReLU()], 0)], "times must be an integer from 1 to"),
        (lambda: [ns.Repeat([ns.ReLU()], 2**19)], "received 524288"),
        (lambda: [ns.Repeat([], 2)], "layers must be a non-empty list of layers"),
        (
            lambda: [ns.Repeat([ns.MaxPool1D(2)], 4)],
            r"layers\[0\].layers\[0\] MaxPool1D.*\(in '3', which reads '2'\)",
        ),
        (
            lambda: [ns.Repeat([ns.Repeat([ns.Repeat([ns.ReLU()], 999)], 999)], 99)],
            "at most 262,144 layers, containers included, received 999,001",
        ),
    ],
)
def test_what_cannot_be_is_refused(layers: object, problem: str) -> None:
    with pytest.raises(SpecError, match=problem):
        Spec("bad", (8, 8), layers())  # type: ignore[operator]
