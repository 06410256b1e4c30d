"""Recurrent layers in every framework: what no comparison of numbers can see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netspec
from netspec import GRU, LSTM, InitPolicy, Normal, PerGate, Spec, Uniform, Zeros
from netspec.contract import Backend


def spec_of(layer: LSTM | GRU, policy: InitPolicy | str | None = None) -> Spec:
    return Spec("one", (4, 3), [layer], policy)


def test_one_bias_is_one_parameter(backend: Backend) -> None:
    spec = spec_of(LSTM(2, direction="both", recurrent_bias=False))
    found = backend.params(backend.compile(spec, seed=0), spec)
    kinds = [name.partition("_l0")[0] for name in found]
    assert kinds == ["0.weight_ih", "0.weight_hh", "0.bias_ih"] * 2


def test_native_first_weights_are_by_gate(backend: Backend) -> None:
    gates = PerGate([Normal(0.1), Zeros(), Uniform(2, 3), Zeros()])
    spec = spec_of(LSTM(2, init={"bias_hh_l0": gates}), "keras")
    drawn = backend.params(backend.compile(spec), spec)
    assert drawn["0.bias_ih_l0"].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    normal, zero, uniform, _ = np.split(drawn["0.bias_hh_l0"], 4)
    assert (normal != 0).all()
    assert (zero == 0).all()
    assert ((uniform >= 2) & (uniform <= 3)).all()


def test_texts_read_as_experts_write(backend: Backend) -> None:
    text = backend.source(spec_of(LSTM(2, direction="both")))
    wanted: dict[str, Any] = {
        "torch": "LSTM(3, 2, bidirectional=True)",
        "gluon": 'LSTM(2, layout="NTC", input_size=3, bidirectional=True)',
        "jax": 'lstm(3, 2, "both")',
    }
    assert wanted[backend.name] in text


@pytest.mark.parametrize("name", ["torch", "gluon"])
@pytest.mark.parametrize("length", [1, 3, 6])
def test_a_raw_model_reads_texts_of_any_length(name: str, length: int) -> None:
    if not netspec.backends()[name].installed:
        pytest.skip(f"{name} is not installed")
    model: Any = netspec.backend(name).compile(spec_of(GRU(2)), seed=0)
    assert tuple(model(batch(name, length)).shape) == (5, length, 2)


def batch(name: str, length: int) -> Any:
    x = np.zeros((5, length, 3), np.float32)
    if name == "torch":
        import torch

        return torch.tensor(x)
    import mxnet as mx

    return mx.nd.array(x)
