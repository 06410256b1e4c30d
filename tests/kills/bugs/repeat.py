"""Repeat."""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from netspec import BatchNorm, Dense, Repeat, Spec, Tanh
from netspec.contract import Array
from tests.kills.bug import alone, bug
from tests.kills.inject import Params, exported, patched, tampered

STEP = "outputs gradients"
THREE = alone(Repeat([Dense(6), BatchNorm(), Tanh()], 3), (6,))
PLAIN = alone(Repeat([Dense(6), Tanh()], 3), (6,))
SIX = Spec("six", (6,), [Repeat([Dense(6, bias=False), Tanh()], 6), Dense(2)])

Copies = list[nn.Sequential]


def copies(change: Callable[[Copies, Tensor], Tensor]) -> Any:
    """What is repeated computes something else; told the copies and x."""

    def forward(original: Any, module: Any, x: Tensor) -> Any:
        held = list(module)
        repeats = len(held) > 1 and all(isinstance(m, nn.Sequential) for m in held)
        return change(held, x) if repeats else original(module, x)

    return patched("torch.nn:Sequential.forward", forward)


def through(modules: Copies, x: Tensor) -> Tensor:
    for module in modules:
        x = module(x)
    return x


def later_in_evaluation(modules: Copies, x: Tensor) -> Tensor:
    first, *later = modules
    training = first.training
    for module in later:
        module.eval()
    y = through(modules, x)
    for module in later:
        module.train(training)
    return y


def statistics_lost(modules: Copies, x: Tensor) -> Tensor:
    kept = {name: held.clone() for name, held in modules[-1].named_buffers()}
    y = through(modules, x)
    for name, held in modules[-1].named_buffers():
        held.data.copy_(kept[name])  # as autograd does not see
    return y


def first_trains(modules: Copies, x: Tensor) -> Tensor:
    y = modules[0](x)
    for module in modules[1:]:
        still = {name: p.detach() for name, p in module.named_parameters()}
        y = torch.func.functional_call(module, still, (y,))
    return y


def no_gradient_between(modules: Copies, x: Tensor) -> Tensor:
    return through(modules[1:], modules[0](x).detach())


def skips(modules: Copies, x: Tensor) -> Tensor:
    """Every copy reads the input of the first; the last counts."""
    return [module(x) for module in modules][-1]


def tied(params: Params) -> dict[str, Array]:
    """The second copy has the parameters of the first."""
    return {path: params[path.replace("0.1.", "0.0.", 1)] for path in params}


BUGS = (
    bug("the last copy first", copies(lambda m, x: through(m[::-1], x)), PLAIN, STEP),
    bug(
        "the first copy for all",
        copies(lambda m, x: through([m[0]] * len(m), x)),
        THREE,
        f"{STEP} state",
    ),
    bug(
        "a copy too few",
        copies(lambda m, x: through(m[:-1], x)),
        THREE,
        f"{STEP} state",
    ),
    bug(
        "a copy too many",
        copies(lambda m, x: through([*m, m[-1]], x)),
        PLAIN,
        STEP,
    ),
    bug("every copy reads the input", copies(skips), PLAIN, STEP),
    bug("later copies in evaluation", copies(later_in_evaluation), THREE, "state"),
    bug(
        "running statistics of the last copy lost",
        copies(statistics_lost),
        THREE,
        "state",
    ),
    bug("the first copy alone is trained", copies(first_trains), PLAIN, "gradients"),
    bug(
        "no gradient through the copies",
        copies(no_gradient_between),
        PLAIN,
        "gradients",
    ),
    bug("two copies with the same parameters", tampered(given=tied), PLAIN, STEP),
    bug(
        "exported with a copy too few", exported("range(6)", "range(5)"), SIX, "source"
    ),
)
