"""The exported source of whole nets, run where netspec cannot be imported, equals the
built model to the last bit.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import nets
import netspec
from netspec import Spec

NETS = {
    "lenet": nets.lenet(),
    "vgg11": nets.vgg11((3, 32, 32), 10, 1 / 8),
    "nin": nets.nin((1, 67, 67), 10, 1 / 8),
    "googlenet": nets.googlenet((3, 33, 35), 10, 1 / 8),
    "resnet18": nets.resnet18((3, 33, 35), 10, 1 / 8),
    "resnet18_v2": nets.resnet18_v2((3, 33, 35), 10, 1 / 8),
    "densenet121": nets.densenet121((3, 33, 35), 10, 1 / 8),
    "mobilenet": nets.mobilenet((3, 33, 35), 10, 1 / 8),
}
SEED = 1

pytestmark = pytest.mark.slow

RUNNER = f"""
import importlib, sys
for name in ("netspec", "netspec_torch", "netspec_numpy"):
    sys.modules[name] = None  # importing it raises ImportError
sys.path.insert(0, ".")
import torch
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    torch.manual_seed({SEED})
    net = module.build()
    module.initialize(net)
    x = torch.load(name + ".x")
    torch.manual_seed({SEED})
    outputs = [net(x), net.eval()(x)]
    outputs[0].sum().backward()
    torch.save((net.state_dict(), outputs, [p.grad for p in net.parameters()]), name)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the exported files gave, one file for each net."""
    folder = tmp_path_factory.mktemp("exported")
    for name, spec in NETS.items():
        (folder / f"{name}.py").write_text(netspec.export(spec, "torch"))
        torch.save(images(spec), folder / f"{name}.x")
    subprocess.run([sys.executable, "-c", RUNNER, *NETS], cwd=folder, check=True)
    return folder


def images(spec: Spec) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(4, *spec.input_shape, generator=generator)


@pytest.mark.parametrize("name", NETS)
def test_exported_source_equals_the_built_model(folder: Path, name: str) -> None:
    torch.manual_seed(SEED)
    net: nn.Sequential = netspec.compile(NETS[name], "torch").train()
    torch.manual_seed(SEED)
    outputs = [net(images(NETS[name])), net.eval()(images(NETS[name]))]
    torch.autograd.backward(outputs[0].sum())
    state, exported_outputs, exported_grads = torch.load(folder / name)
    assert list(state) == list(net.state_dict())
    pairs = [
        *zip(state.values(), net.state_dict().values(), strict=True),
        *zip(exported_outputs, outputs, strict=True),
        *zip(exported_grads, (p.grad for p in net.parameters()), strict=True),
    ]
    assert all(torch.equal(theirs, ours) for theirs, ours in pairs)
    assert all(bool(tensor.isfinite().all()) for tensor in outputs)
