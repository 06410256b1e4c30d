"""Architectures as people write them: each is imported whole, and computes what the
module does, in PyTorch to the last bit, elsewhere within rounding.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import netspec as ns
from netspec import importing
from netspec.conformance import Case, agree, draw_case, forecast, judge
from netspec.contract import OriginalBackend
from netspec.importing import Imported
from tests.importing.architectures import NETS
from tests.importing.modules import compiled, perturbed, step

BATCH = 4


@cache
def imported(name: str) -> tuple[nn.Module, Imported]:
    """A module, with weights that are none of those it begins with, and its import."""
    torch.manual_seed(0)
    net = NETS[name]
    module = perturbed(net.build())
    words = torch.zeros(2, *net.shape, dtype=torch.int64)
    return module, importing.torch(module, words if net.vocabulary else net.shape)


def batch(name: str) -> Tensor:
    random, net = np.random.default_rng(0), NETS[name]
    shape = BATCH, *net.shape
    if net.vocabulary:
        return torch.from_numpy(random.integers(0, net.vocabulary, shape))
    return torch.from_numpy(random.normal(0, 2, shape)).float()


@cache
def case(name: str) -> Case:
    """A step of training in float64, with the weights of the module."""
    found = imported(name)[1]
    drawn = draw_case(found.spec.without_dropout(), train=True, dtype="float64")
    own = {path: np.asarray(array, np.float64) for path, array in found.params.items()}
    return replace(drawn, params=own)


@pytest.mark.parametrize("name", NETS)
def test_it_comes_in_whole_with_the_same_bits(name: str) -> None:
    module, found = imported(name)
    net, x = compiled(found), batch(name)
    assert not found.unused
    assert not found.training_only
    noted = [note for note in found.notes if NETS[name].rounds not in note]
    assert not noted
    if not NETS[name].rounds:
        with torch.no_grad():
            before, after = module.eval()(x.clone()), net.eval()(x)
        assert torch.equal(tensor_of(before), after)
        first, second = step(module, x), step(net, x)
        for path, origin in found.names.items():
            assert torch.equal(first[origin], second[path]), origin


def tensor_of(output: object) -> Tensor:
    made = next(iter(output.values())) if isinstance(output, dict) else output
    assert isinstance(made, Tensor)
    return made


@pytest.mark.parametrize("name", NETS)
def test_the_module_is_within_rounding_of_the_reference(name: str) -> None:
    module, found = imported(name)
    backend = ns.backend("torch")
    assert isinstance(backend, OriginalBackend)
    original = backend.original(module)
    assert original is not None
    agreement = agree(original.subject(found.names), case(name))
    assert agreement.passed, agreement


@pytest.mark.parametrize("name", NETS)
def test_jax_gives_its_outputs_within_rounding(name: str) -> None:
    held, backend = replace(case(name), train=False), ns.backend("jax")
    model = backend.compile(held.spec, params=held.params, dtype="float64")
    output = backend.forward(model, held.spec, held.x)
    verdict = judge(output, forecast(held).tensors["output"])
    assert verdict.good, verdict
