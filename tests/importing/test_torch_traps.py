"""What a naive import gets wrong without a word: it is right here, or refused."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import netspec as ns
from netspec import importing
from netspec.importing import ImportProblem

FROZEN = ns.BatchNorm(statistics="frozen")


class Code(nn.Module):
    """A module of some layers and a function of them and the input."""

    def __init__(self, code: Callable[..., object], **layers: nn.Module) -> None:
        super().__init__()
        self.code = code
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, x: Tensor) -> object:
        return self.code(self, x)


def problems(module: nn.Module, shape: object = (4,)) -> str:
    with pytest.raises(ImportProblem) as caught:
        importing.torch(module, shape)
    return str(caught.value)


def same(module: nn.Module, shape: tuple[int, ...] = (4,)) -> ns.Spec:
    """The spec of a module, which computes what the module does."""
    found = importing.torch(module, shape)
    net = ns.compile(found.spec, "torch", params=found.params)
    x = torch.linspace(-3, 3, 2 * torch.Size(shape).numel()).reshape(2, *shape)
    with torch.no_grad():
        assert torch.equal(net.eval()(x), module.eval()(x.clone()))
    return found.spec


def test_what_is_changed_in_place_is_read_changed() -> None:
    def code(self: Any, x: Tensor) -> Tensor:
        y = self.fc(x)
        kept = y
        y = F.relu_(y)
        return y.mul_(2) + kept

    spec = same(Code(code, fc=nn.Linear(4, 4)))
    assert spec.layers[1:3] == (ns.ReLU(), ns.Rescale(2))


def test_memory_that_is_changed_under_another_name_is_refused() -> None:
    def code(self: Any, x: Tensor) -> Tensor:
        y = self.fc(x)
        part = y[:, :2]
        part.relu_()
        return y

    module = Code(code, fc=nn.Linear(4, 4))
    assert "changes in place what is read later under another name" in problems(module)


def test_dropout_in_evaluation_gives_the_tensor_that_it_is_given() -> None:
    def code(self: Any, x: Tensor) -> Tensor:
        y = self.fc(x)
        z = F.dropout(y, 0.5, self.training)
        z.relu_()
        return y + z

    module = Code(code, fc=nn.Linear(4, 4))
    assert "changes in place" in problems(module)


def test_dropout_is_kept_though_evaluation_does_without() -> None:
    assert same(nn.Sequential(nn.Dropout(0.3))).layers == (ns.Dropout(0.3),)


def test_dropout_that_is_never_or_always_on() -> None:
    never = Code(lambda self, x: F.relu(F.dropout(x, 0.5, False)))
    assert same(never).layers == (ns.ReLU(),)
    always = Code(lambda self, x: F.dropout(x, 0.5))
    assert "draws in evaluation, too" in problems(always)


def test_whose_statistics_a_norm_takes() -> None:
    class Kept(nn.BatchNorm1d):
        def train(self, mode: bool = True) -> Kept:
            return super().train(False)

    batch = nn.BatchNorm1d(4, track_running_stats=False)
    (found,) = same(nn.Sequential(batch), (4, 3)).layers
    assert found == ns.BatchNorm(statistics="batch")
    assert same(nn.Sequential(Kept(4)).train()).layers == (FROZEN,)


def test_stochastic_depth_is_taken_from_training() -> None:
    from netspec_torch.support.regularization import StochasticDepth

    module = nn.Sequential(nn.Linear(4, 4), StochasticDepth(0.3))
    assert same(module).layers[1] == ns.StochasticDepth(0.3)


def test_a_batch_size_in_the_code_is_refused() -> None:
    module = Code(lambda self, x: x.view(2, 2, 2))
    assert "the code needs a batch of 2" in problems(module, torch.zeros(2, 4))
    mixed = Code(lambda self, x: x.view(-1, 2, 2).mean(0))
    assert "reduces the batch axis" in problems(mixed)
    counted = Code(lambda self, x: x * x.shape[0])
    assert "not the same in evaluation and training" in problems(counted)


def test_what_only_training_has_is_refused_or_said() -> None:
    def code(self: Any, x: Tensor) -> Tensor:
        y = self.fc(x)
        return y * torch.rand(len(x), 1) if self.training else y

    module = Code(code, fc=nn.Linear(4, 4))
    assert "evaluation_only=True" in problems(module)
    found = importing.torch(module, (4,), evaluation_only=True)
    assert found.spec.layers == (ns.Dense(4, name="fc"),)
    assert found.training_only == (": aten.mul",)


def test_auxiliary_heads_are_said() -> None:
    def code(self: Any, x: Tensor) -> object:
        y = self.fc(x)
        return {"out": y, "aux": self.head(y)} if self.training else y

    module = Code(code, fc=nn.Linear(4, 4), head=nn.Linear(4, 2))
    found = importing.torch(module, (4,))
    assert found.training_only == ("output 'aux'",)
    assert found.unused == ("head.weight", "head.bias")


def test_outputs_are_chosen() -> None:
    two = Code(lambda self, x: {"out": F.relu(x), "low": torch.tanh(x)})
    assert "gives 2 outputs: out, low; choose one, output='out'" in problems(two)
    found = importing.torch(two, (4,), output="low")
    assert found.spec.layers == (ns.Tanh(),)
    one = Code(lambda self, x: {"out": F.relu(x)})
    assert importing.torch(one, (4,)).spec.layers == (ns.ReLU(),)
    with pytest.raises(ns.InputError, match="no output 'high'; known: low, out"):
        importing.torch(two, (4,), output="high")


class Masked(nn.Module):
    mask: Tensor

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True, **options)
        self.register_buffer("mask", torch.ones(3, 3).tril().log())

    def forward(self, x: Tensor) -> Tensor:
        return self.attention(x, x, x, attn_mask=self.mask)[0]


def test_attention_of_other_kinds_is_refused() -> None:
    assert "has a mask, which MultiHeadAttention has not" in problems(Masked(), (3, 4))
    text = problems(Masked(add_zero_attn=True), (3, 4))
    assert "has add_zero_attn, a mask" in text


def recurrent(code: Callable[..., object], **options: Any) -> str:
    kept = {"batch_first": True} | options
    return problems(Code(code, lstm=nn.LSTM(3, 4, **kept)), (5, 3))


def begun(self: Any, x: Tensor) -> Tensor:
    states = torch.ones(1, len(x), 4), torch.zeros(1, len(x), 4)
    return self.lstm(x, states)[0]


def both_states(self: Any, x: Tensor) -> Tensor:
    y, (_, cell) = self.lstm(x)
    return y[:, -1] + cell[-1]


@pytest.mark.parametrize(
    ("code", "options", "said"),
    [
        (lambda self, x: self.lstm(x)[0], {"batch_first": False}, "batch_first=True"),
        (lambda self, x: self.lstm(x)[0], {"proj_size": 2}, "has proj_size"),
        (begun, {}, "begins at a state that it is given"),
        (lambda self, x: self.lstm(x)[1][0][-1], {}, "the last state of lstm"),
        (both_states, {}, "the last cell state of lstm"),
    ],
    ids=["batch_first", "proj_size", "begun", "state", "cell state"],
)
def test_recurrent_layers_of_other_kinds_are_refused(
    code: Callable[..., object], options: dict[str, Any], said: str
) -> None:
    text = recurrent(code, **options)
    assert said in text
    assert "one problem" in text


def test_dropout_between_recurrent_layers_is_kept() -> None:
    def code(self: Any, x: Tensor) -> Tensor:
        zeros = torch.zeros(2, len(x), 4)
        return self.rnn(x, zeros)[0]

    options: dict[str, Any] = {"num_layers": 2, "dropout": 0.3, "batch_first": True}
    rnn = nn.RNN(3, 4, nonlinearity="relu", **options)
    relu = ns.RNN(4, activation="relu")
    spec = same(Code(code, rnn=rnn), (5, 3))
    assert spec.layers == (relu, ns.Dropout(0.3), relu)


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (nn.BatchNorm1d(4, momentum=None), "averages over all steps"),
        (nn.utils.parametrizations.weight_norm(nn.Linear(4, 4)), "computed from param"),
        (nn.LazyLinear(3), "call the module once before"),
        (nn.Linear(4, 4).half(), "call .float()"),
        (
            nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4).double()),
            "0.bias is float32, 1.bias is float64",
        ),
        (Code(lambda self, x: x.t()), "moves the batch axis"),
        (Code(lambda self, x: x.double()), "changes the dtype"),
        (Code(lambda self, x: x if x.sum() > 0 else -x), "torch.export in evaluation"),
        (Code(lambda self, x: x.detach()), "stops the gradient"),
        (Code(lambda self, x: torch.ones(3, 4)), "does not depend on the input"),
        (Code(lambda self, x: x + torch.rand(4)), "draws at random"),
        (
            Code(lambda self, x: x[:, None].expand(-1, 3, -1)),
            "must be joined",
        ),
        (Code(lambda self, x: x[:, None].expand(-1, 3, -1).relu()), "must be joined"),
        (Code(lambda self, x: x.expand(2, *x.shape)), "along a new axis"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(module: nn.Module, said: str) -> None:
    assert said in problems(module)


def test_every_problem_is_named_once_with_all_its_places() -> None:
    class Odd(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.special.erf(x)

    module = nn.Sequential(Odd(), nn.ReLU(), Odd(), nn.Linear(4, 4).requires_grad_())
    module.add_module("4", Code(lambda self, x: x / x))
    text = problems(module)
    assert "3 problems" in text
    assert "0: aten.special_erf to (4,)" in text
    assert "(and at 2)" in text
    assert "4: aten.div to (4,): divides two values" in text


@pytest.mark.parametrize("given", [None, "x", 3, {}, (), nn.Linear])
def test_what_is_no_module_or_no_example(given: object) -> None:
    with pytest.raises(ns.InputError, match=r"module must be a torch\.nn\.Module"):
        importing.torch(given, (4,))
    if given != ():
        with pytest.raises(ns.InputError, match="example must be a batch of one input"):
            importing.torch(nn.Linear(4, 4), given)


def test_several_inputs_are_refused() -> None:
    with pytest.raises(ns.InputError, match="a model of several inputs"):
        importing.torch(nn.Linear(4, 4), (torch.zeros(2, 4), torch.zeros(2, 4)))


def test_constants_of_the_input() -> None:
    """As nets that take pictures of 0 to 255 begin."""

    class Scaled(nn.Module):
        mean: Tensor

        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", torch.tensor([0.5, 0.25, 2.0]).view(-1, 1, 1))

        def forward(self, x: Tensor) -> Tensor:
            return (x - self.mean) * 0.5

    spec = same(Scaled(), (3, 2, 2))
    assert spec.layers == (ns.Rescale(offset=(-0.5, -0.25, -2.0)), ns.Rescale(0.5))
