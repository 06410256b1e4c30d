"""Modules that cannot be a spec, whatever they compute: one sentence for each reason,
all of them together.
"""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import netspec as ns
from netspec import importing
from netspec.importing import ImportProblem


class Code(nn.Module):
    def __init__(self, code: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.code = code

    def forward(self, x: Tensor) -> object:
        return self.code(x)


class Pair(nn.Module):
    def forward(self, x: Tensor, *, mask: Tensor, scale: float = 1) -> Tensor:
        return x * mask * scale


class Complex(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.turn = nn.Parameter(torch.ones(4, dtype=torch.complex64))

    def forward(self, x: Tensor) -> Tensor:
        return (x * self.turn).real


class Large(nn.Module):
    """A million millions of values, of which memory has one."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 1).expand(10**6, 10**6))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight)


def hooked(kind: str) -> nn.Module:
    module = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    getattr(module[0], kind)(lambda *given: None)
    return module


def turned() -> nn.Module:
    module = nn.Linear(4, 4)
    module.weight.register_hook(torch.neg)
    return module


def quantized() -> nn.Module:
    """As dynamic quantization leaves a module: its state is no tensor."""
    module = nn.Linear(4, 4)
    module._forward_pre_hooks.clear()
    module.register_module("packed", Packed())
    return module


class Packed(nn.Module):
    def get_extra_state(self) -> Any:
        return torch.qint8


ALL = nn.Sequential(
    nn.LazyLinear(3),
    nn.BatchNorm1d(3, momentum=None),
    nn.Linear(3, 3).half(),
    nn.Linear(3, 3, device="meta"),
    hooked("register_full_backward_hook"),
)
HOOK = "has a backward hook, which may change gradients; remove it"
DATA = "says; a spec computes the same for all inputs of one shape"
UNFIT: list[tuple[nn.Module, str]] = [
    (Pair(), "inputs: forward takes 2, x, mask; a spec has one"),
    (nn.Bilinear(2, 2, 2), "forward takes 2, input1, input2"),
    (hooked("register_full_backward_hook"), f"0: Linear: {HOOK}"),
    (hooked("register_full_backward_pre_hook"), f"0: Linear: {HOOK}"),
    (turned(), f"weight: parameter: {HOOK}"),
    (Complex(), "dtype: turn is complex64; a spec has real numbers"),
    (nn.Linear(4, 4).bfloat16(), "bias is bfloat16; a spec has one of float32 and"),
    (nn.Linear(4, 4, device="meta"), "weight and 1 more have no values there"),
    (nn.LazyBatchNorm1d(), "more have no shape yet; call the module once before"),
    (Large(), "memory: its tensors are copied, 3,725.3 GiB, more than"),
    (Code(lambda x: x if x.sum() > 0 else -x), "as in if, while, int or item; a spec"),
    (Code(lambda x: x[x > 0]), f"aten.index: gives as many values as its input {DATA}"),
    (Code(lambda x: sys.exit(3)), "torch.export in evaluation: SystemExit: 3"),
    (Code(lambda x: x + torch.zeros(10**13).sum()), "cannot be computed"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "said"), UNFIT, ids=lambda one: str(one)[:30])
def test_one_reason(
    module: nn.Module, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ImportProblem) as caught:
        importing.torch(module, (4,))
    (problem,) = caught.value.problems
    assert said in str(problem)
    assert "\n" not in str(problem)
    assert capfd.readouterr() == ("", "")  # torch.export has nothing to add


def test_all_reasons_at_once() -> None:
    with pytest.raises(ImportProblem) as caught:
        importing.torch(ALL, (4,))
    assert [one.operation for one in caught.value.problems] == [
        *("dtype", "lazy module", "meta device", "BatchNorm1d", "Linear")
    ]


def test_a_state_that_is_no_tensor() -> None:
    assert importing.torch(quantized(), (4,)).spec.output_shape == (4,)


@pytest.mark.parametrize(
    "name", ["register_forward_hook", "register_state_dict_post_hook"]
)
def test_hooks_that_change_nothing(name: str) -> None:
    assert importing.torch(hooked(name), (4,)).spec.layers[1] == ns.ReLU()


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (torch.zeros(2, 4, dtype=torch.complex64), "is of complex64; give float32"),
        (torch.zeros(2, 4, dtype=torch.float16), "is of float16; give float32"),
        (torch.zeros(2, 4, dtype=torch.bool), "is of bool; give float32"),
        (np.array([["a"]]), "is of <U1; give float32"),
        (np.array([[None]]), "is of object; give float32"),
        (torch.zeros(()), "example must be a batch of one input"),
        ((4, -4), "example must be a batch of one input"),
        ((0,), "example must be a batch of one input"),
        ({"x": np.zeros(3), "y": np.zeros(3)}, "example has 2 inputs; a model"),
    ],
)  # fmt: skip
def test_examples_that_are_none(example: object, said: str) -> None:
    with pytest.raises(ns.InputError, match=said) as caught:
        importing.torch(nn.Linear(4, 4), example)
    assert "\n" not in str(caught.value)


def test_a_gradient_of_its_own_is_seen_by_the_certificate() -> None:
    """No graph has it: it stands in the code that goes back."""

    class Turned(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return x * 1.0

        @staticmethod
        def backward(ctx: Any, *grads: Tensor) -> Tensor:
            return -grads[0]

    module = nn.Sequential(nn.Linear(4, 4), Code(Turned.apply))
    found = importing.torch(module, (4,))
    how: dict[str, Any] = {"backends": (), "modes": "evaluation", "dtypes": "float64"}
    made = ns.certify(module, found.spec, found.params, found.names, **how)
    failed = {row.check for row in made.report.rows if row.verdict.status == "fail"}
    assert failed == {"gradients"}
