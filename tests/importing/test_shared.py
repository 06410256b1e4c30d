"""Weights that layers of PyTorch share are ties, where a spec can say so."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import netspec as ns
from netspec import importing
from netspec.importing import ImportProblem


class Words(nn.Module):
    """Gives a score to each word by the table that it is read by."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(7, 4)
        self.mix = nn.Linear(4, 4)
        self.head = nn.Linear(4, 7, bias=False)
        self.head.weight = self.table.weight

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.head(self.mix(self.table(x)).tanh())
        return found


class Twice(nn.Module):
    """Takes the kernel of a convolution for a matrix, too."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 6, 1)

    def forward(self, x: Tensor) -> Tensor:
        pooled = F.linear(x.mean((2, 3)), self.conv.weight.flatten(1))
        found: Tensor = self.conv(x).mean((2, 3)) + pooled
        return found


def test_a_layer_that_is_called_twice() -> None:
    fc = nn.Linear(4, 4)
    found = importing.torch(nn.Sequential(fc, nn.ReLU(), fc), (4,))
    assert found.spec.ties == {"2.weight": "0.weight", "2.bias": "0.bias"}
    assert list(found.params) == ["0.weight", "0.bias"]


def test_a_table_that_scores_words_trains_as_it_did() -> None:
    module, x = Words(), torch.tensor([[1, 5, 6]])
    found = importing.torch(module, x)
    assert found.spec.ties == {"head.weight": "table.weight"}
    net = ns.compile(found.spec, "torch", params=found.params)
    for model in (module, net):
        model(x).square().sum().backward()
    grad, own = net.get_parameter("table.weight").grad, module.table.weight.grad
    assert grad is not None
    assert own is not None
    assert torch.equal(grad, own)
    step = ns.backend("numpy").step(
        ns.compile(found.spec, "numpy", params=found.params),
        found.spec,
        x.numpy(),
        np.zeros((1, 3, 7), np.float32),
    )
    assert step.grad_params.keys() == {"table.weight", "mix.weight", "mix.bias"}


def problems(module: nn.Module, shape: tuple[int, ...]) -> str:
    with pytest.raises(ImportProblem) as caught:
        importing.torch(module, shape)
    return str(caught.value)


def test_what_no_tie_says_is_refused() -> None:
    norm = nn.BatchNorm1d(4)
    text = problems(nn.Sequential(norm, nn.Linear(4, 4), norm), (4,))
    assert "2 problems" in text
    assert "reads 0.running_mean, as a layer before it does, a running stat" in text
    text = problems(Twice(), (4, 3, 3))
    assert "there as (6, 4), here as (6, 4, 1, 1); a spec ties what has one" in text
