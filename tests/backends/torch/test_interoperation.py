"""A compiled net does whatever a hand-written one does."""

from __future__ import annotations

import copy
import io
import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from netspec import adopt
from netspec import layers as nl
from netspec.errors import ParameterError
from netspec.layers import Layer
from netspec.spec import Spec, load_params
from netspec_torch import backend


def layers() -> list[Layer]:
    """Everything that our own modules do, in one net."""
    return [
        nl.Conv2D(4, kernel_size=3, padding=1),
        nl.BatchNorm(running_variance="biased"),
        nl.GroupNorm(2, scale=False),
        nl.BatchNorm(scale=False),
        nl.Residual([nl.LayerNorm(scale=False)], shortcut=[nl.HardSigmoid()]),
        nl.Residual([nl.Dense(5, name="inner")]),
        nl.Parallel([[nl.Identity()], [nl.CELU(0.5)]]),
        nl.Parallel([[nl.Tanh()], [nl.Softplus()], [nl.Identity()]], merge="add"),
        nl.Permute((2, 3, 1)),
        nl.Reshape((5, 48)),
        nl.Dropout(0.2),
        nl.Flatten(),
        nl.Dense(3, name="head"),
    ]


SPEC = Spec("all", (3, 6, 5), layers())


@pytest.fixture(params=["float32", "float64"])
def net(request: pytest.FixtureRequest) -> nn.Sequential:
    return backend.compile(SPEC, seed=0, dtype=request.param).eval()


@pytest.fixture
def x(net: nn.Sequential) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    dtype = next(net.parameters()).dtype
    return torch.randn(4, 3, 6, 5, generator=generator, dtype=dtype)


def test_pickle_and_deepcopy(net: nn.Sequential, x: Tensor) -> None:
    for twin in (pickle.loads(pickle.dumps(net)), copy.deepcopy(net)):
        assert type(twin) is nn.Sequential
        assert torch.equal(twin(x), net(x))
        assert all(a is not b for a, b in zip(twin, net, strict=True))


def test_save_and_load(net: nn.Sequential, x: Tensor) -> None:
    buffer = io.BytesIO()
    torch.save(net, buffer)
    buffer.seek(0)
    assert torch.equal(torch.load(buffer, weights_only=False)(x), net(x))


def test_state_dict(net: nn.Sequential, x: Tensor) -> None:
    dtype = str(x.dtype).removeprefix("torch.")
    other = backend.compile(SPEC, seed=1, dtype=dtype).eval()
    assert not torch.equal(other(x), net(x))
    buffer = io.BytesIO()
    torch.save(net.state_dict(), buffer)
    buffer.seek(0)
    other.load_state_dict(torch.load(buffer, weights_only=True), strict=True)
    assert torch.equal(other(x), net(x))


def test_hooks_see_every_layer(net: nn.Sequential, x: Tensor) -> None:
    shapes: dict[str, tuple[int, ...]] = {}
    for name, module in net.named_children():
        module.register_forward_hook(
            lambda _, __, output, name=name: shapes.update({name: output.shape[1:]})
        )
    net(x)
    wanted = {path: s for path, s in SPEC.shapes().items() if "." not in path}
    assert shapes == wanted


def test_to(net: nn.Sequential, x: Tensor) -> None:
    moved = copy.deepcopy(net).to(torch.float16).to(x.dtype)
    assert {t.dtype for t in moved.parameters()} == {x.dtype}
    assert moved.to("meta")[0].weight.is_meta


def test_data_parallel(net: nn.Sequential, x: Tensor) -> None:
    assert torch.equal(nn.DataParallel(net)(x), net(x))


def test_trains(net: nn.Sequential, x: Tensor) -> None:
    optimizer = torch.optim.SGD(net.train().parameters(), lr=1e-3)
    losses = []
    for _ in range(20):
        torch.manual_seed(0)
        loss = net(x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_vmap_and_functional_call(net: nn.Sequential, x: Tensor) -> None:
    values = dict(net.named_parameters()) | dict(net.named_buffers())
    y = torch.func.functional_call(net, values, (x,))
    assert torch.equal(y, net(x))


@pytest.mark.slow
def test_export(net: nn.Sequential, x: Tensor) -> None:
    batch = torch.export.Dim("batch", min=2, max=64)
    program = torch.export.export(net, (x,), dynamic_shapes=({0: batch},))
    assert torch.equal(program.module()(x[:3]), net(x[:3]))


@pytest.mark.slow
@pytest.mark.parametrize("train", [True, False])
def test_compile(net: nn.Sequential, x: Tensor, train: bool) -> None:
    net.train(train)
    twin = copy.deepcopy(net)
    compiled = torch.compile(twin, backend="aot_eager", fullgraph=True)
    results = []
    for model in (net, compiled):
        torch.manual_seed(0)
        y = model(x)
        y.sum().backward()
        results.append(y)
    assert torch.equal(*results)
    for (name, a), b in zip(net.named_parameters(), twin.parameters(), strict=True):
        assert a.grad is not None, name
        assert b.grad is not None, name
        assert torch.equal(a.grad, b.grad), name
    pairs = zip(net.buffers(), twin.buffers(), strict=True)
    assert all(torch.equal(*pair) for pair in pairs)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast(dtype: torch.dtype) -> None:
    net = backend.compile(SPEC, seed=0)
    with torch.autocast("cpu", dtype=dtype):
        net(torch.ones(4, 3, 6, 5)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())


@pytest.mark.parametrize("zipped", [True, False])
def test_a_checkpoint_is_read_as_the_error_says(tmp_path: Path, zipped: bool) -> None:
    spec = Spec("net", (3,), [nl.Dense(2), nl.BatchNorm()])
    path = tmp_path / "net.pth"
    trained = backend.compile(spec, seed=0)
    torch.save(trained.state_dict(), path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(ParameterError) as caught:
        load_params(path)
    assert "netspec.adopt(spec, path) reads" in str(caught.value)
    found = adopt(spec, path)
    state = {k: v.numpy() for k, v in trained.state_dict().items()}
    assert {*found} == {*spec.parameters()}
    assert all((found[name] == state[name]).all() for name in found)
