"""Modules of PyTorch, as people write them, become specs."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import netspec as ns
from netspec import importing
from tests.importing.modules import compiled, perturbed, step
from tests.importing.torch_nets import (
    IMAGES,
    Block,
    Gated,
    ResNet,
    Sentences,
    Tokens,
    Transformer,
)

BATCH = torch.zeros(2, 4, 6, 6)


@pytest.mark.parametrize("kind", IMAGES)
def test_a_net_has_the_same_bits_in_evaluation_and_in_training(
    kind: type[nn.Module],
) -> None:
    module, shape = perturbed(kind()), IMAGES[kind]
    found = importing.torch(module, shape)
    net = compiled(found)
    x = torch.from_numpy(np.random.default_rng(0).normal(0, 2, (4, *shape))).float()
    rounds = bool(found.notes)
    # one divides by 6, the other's projection is split in three
    assert rounds == (kind in (Gated, Transformer))
    with torch.no_grad():
        module.eval(), net.eval()
        difference = (module(x) - net(x)).abs().max()
    assert difference <= (1e-6 if rounds else 0)
    before, after = step(module, x), step(net, x)
    for path, name in found.names.items():
        if not rounds:
            assert torch.equal(before[name], after[path]), name
    assert not found.unused


def test_it_runs_in_every_other_framework() -> None:
    module = perturbed(ResNet()).eval()
    found = importing.torch(module, IMAGES[ResNet])
    x = np.random.default_rng(0).normal(size=(2, *IMAGES[ResNet])).astype(np.float32)
    with torch.no_grad():
        wanted = module(torch.from_numpy(x)).numpy()
    model = ns.compile(found.spec, "jax", params=found.params)
    y, _ = model.apply(model.params, model.state, x)
    assert np.abs(np.asarray(y) - wanted).max() < 1e-5


def test_names_are_those_of_the_modules() -> None:
    found = importing.torch(ResNet(), IMAGES[ResNet])
    assert found.spec.name == "ResNet"
    assert list(found.spec.shapes())[:5] == [
        "conv1",
        "1",  # F.relu
        "maxpool",
        "layer1",
        "layer1.0",
    ]
    names = found.names
    assert names["layer1.0.0.body.conv1.weight"] == "layer1.0.conv1.weight"
    assert names["layer2.0.shortcut.1.running_var"] == (
        "layer2.0.downsample.1.running_var"
    )
    state = ResNet().state_dict()
    counters = {name for name in state if "num_batches" in name}
    assert set(names.values()) == set(state) - counters


def test_recurrent_layers_of_one_module_have_their_own_weights() -> None:
    found = importing.torch(Sentences(), IMAGES[Sentences])
    both = ns.LSTM(4, direction="both")
    gru = ns.GRU(2, bias=False, recurrent_bias=False, name="gru")
    assert found.spec.layers == (
        ns.Sequential([both, both], name="lstm"),
        gru,
        ns.Select(1, -1),
        ns.Dense(3, name="head"),
    )
    assert set(found.names.values()) == set(Sentences().state_dict())
    assert found.names["lstm.1.bias_hh_l0_reverse"] == "lstm.bias_hh_l1_reverse"


def test_a_model_of_indices() -> None:
    module = perturbed(Tokens())
    example = torch.zeros(2, 5, dtype=torch.int64)
    found = importing.torch(module, example, name="tokens")
    assert (found.spec.name, found.spec.input_dtype) == ("tokens", "int")
    x = torch.tensor([[1, 4, 7, 10, 0]])
    assert torch.equal(compiled(found).eval()(x), module.eval()(x))


def test_the_module_is_left_as_it_is() -> None:
    module = ResNet()
    module.layer1.eval()
    modes = [one.training for one in module.modules()]
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    found = importing.torch(module, IMAGES[ResNet])
    assert [one.training for one in module.modules()] == modes
    assert all(torch.equal(before[n], t) for n, t in module.state_dict().items())
    found.params["conv1.weight"][:] = 7
    assert not (module.conv1.weight == 7).any()


@pytest.mark.parametrize(
    "example",
    [(4, 6, 6), BATCH, BATCH.numpy(), (BATCH,)],
    ids=["shape", "tensor", "array", "tuple"],
)
def test_examples(example: object) -> None:
    assert importing.torch(Block(4, 4), example).spec.input_shape == (4, 6, 6)


def test_an_exported_file_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It carries classes of ours, which are known by their source."""
    layers = [
        ns.BatchNorm(running_variance="biased"),
        ns.Rescale((0.1, 0.7, 2.0)),
        ns.LSTM(2, direction="reverse"),
    ]
    spec = ns.Spec("carried", (3, 4), layers)
    source = tmp_path / "carried_net.py"
    source.write_text(ns.export(spec, "torch"))
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module(source.stem)
    found = importing.torch(module.build(), (3, 4))
    assert found.spec.layers == tuple(layers)


def test_an_operation_of_ones_own_is_read_by_its_rule() -> None:
    from netspec_torch.importing import Call, read

    class Own(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.special.erf(x)  # type: ignore[no-any-return]

    with pytest.raises(
        importing.ImportProblem, match=r"read\.register\('aten.special_erf"
    ):
        importing.torch(Own(), (3,))

    @read.register("aten.special_erf")
    def erf(call: Call) -> ns.Layer:
        return ns.Tanh()

    try:
        assert importing.torch(Own(), (3,)).spec.layers == (ns.Tanh(),)
    finally:
        del read.operations["aten.special_erf"]
