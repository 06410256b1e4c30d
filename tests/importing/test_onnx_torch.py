"""What PyTorch's exporters write, the new one and the old, read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import netspec as ns
from netspec.importing import Imported
from tests.importing.compared import nameless

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of exporters, by the dozen
]


class Encoder(nn.Module):
    """A convolution, positions, attention and a recurrent layer."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.GELU(), nn.GroupNorm(2, 8)
        )
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.states = nn.GRU(8, 6, batch_first=True)
        self.head = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.body(x).flatten(2).transpose(1, 2)
        y = self.norm(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        _, state = self.states(x)
        made: Tensor = self.head(state[-1])
        return made


def drawn() -> nn.Module:
    torch.manual_seed(0)
    module = Encoder().eval()
    with torch.no_grad():
        for name, held in (*module.named_parameters(), *module.named_buffers()):
            if held.is_floating_point():  # none as it was first, and no two alike
                held.uniform_(0.5, 1.5) if "var" in name else held.normal_(0, 0.5)
    return module


def exported(module: nn.Module, path: Path, *, new: bool) -> Imported:
    x = torch.zeros(2, 3, 8, 8)
    how: dict[str, Any] = {"dynamo": False, "dynamic_axes": {"x": {0: "batch"}}}
    if new:
        batch = {0: torch.export.Dim("batch")}
        how = {"dynamo": True, "dynamic_shapes": (batch,), "external_data": False}
    torch.onnx.export(module, (x,), str(path), input_names=["x"], verbose=False, **how)
    return ns.importing.onnx(path)


@pytest.mark.parametrize("new", [True, False], ids=["new", "old"])
def test_what_an_exporter_writes(new: bool, tmp_path: Path) -> None:
    module = drawn()
    found = exported(module, tmp_path / "encoder.onnx", new=new)
    kinds = [type(layer).__name__ for layer in found.spec.layers]
    assert kinds[0] == "Sequential"
    assert found.spec.layers[0].name == "body"
    assert "GRU" in kinds
    assert nameless(found.spec)[-1] == ns.Dense(4)
    assert {"head.weight", "norm.weight"} <= set(found.names.values())
    x = np.random.default_rng(0).normal(size=(3, 3, 8, 8)).astype(np.float32)
    backend = ns.backend("numpy")
    model = backend.compile(found.spec, params=found.params)
    received = backend.forward(model, found.spec, x)
    with torch.no_grad():
        expected = module(torch.from_numpy(x)).numpy()
    assert np.abs(received - expected).max() < 1e-5 * np.abs(expected).max()
