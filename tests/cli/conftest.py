"""A folder with nets of somebody's, for ``netspec import``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

NETS = '''
import sys

import torch
from torch import nn


class Net(nn.Module):
    """Has a residual, a name that is lost, and a layer that nothing reads."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.body = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU())
        self.spare = nn.Linear(2, 2)
        self.head = nn.Linear(4, 5)

    def forward(self, x):
        print("printed by the net")
        x = self.stem(x).relu_()
        x = x + self.body(x)
        return self.head(x.mean((2, 3)))


class Auxiliary(nn.Linear):
    def forward(self, x):
        y = super().forward(x)
        return y * 2 if self.training else y


class Unknown(nn.Module):
    """Has two operations of which netspec knows nothing."""

    def __init__(self):
        super().__init__()
        self.one = nn.Linear(4, 4)
        self.two = nn.Sequential(nn.Linear(4, 4), Sorted())

    def forward(self, x):
        return self.two(torch.cumsum(self.one(x), 1))


class Sorted(nn.Module):
    def forward(self, x):
        return torch.erfinv(x)


class Two(nn.Module):
    def forward(self, x):
        return {"low": x.relu(), "high": x.tanh()}


def words():
    return nn.Sequential(nn.Embedding(7, 3), nn.Flatten(), nn.Linear(12, 2))


def infinite():
    net = nn.Linear(2, 2)
    with torch.no_grad():
        net.weight[0, 1] = torch.inf
    return net


def tuples():
    return (1, 2)


def fails():
    raise KeyError("weights.pth")


def exits():
    sys.exit(3)


class Pair(nn.Module):
    def forward(self, x, mask):
        return x * mask


class Chosen(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


class Exits(nn.Module):
    def forward(self, x):
        sys.exit(0)


def hooked():
    net = nn.Linear(2, 2)
    net.register_full_backward_hook(lambda *given: None)
    return net


def turned():
    net = nn.Linear(2, 2)
    net.turn = nn.Parameter(torch.ones(2, dtype=torch.complex64))
    return net


ready = Net()
half = nn.Linear(2, 2).half()
lazy = nn.LazyLinear(2)
absent = nn.Linear(2, 2, device="meta")
number = 7
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nets in ``nets.py``, in which commands are run."""
    pytest.importorskip("torch")
    (tmp_path / "nets.py").write_text(NETS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    return tmp_path
