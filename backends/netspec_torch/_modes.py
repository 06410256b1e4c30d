"""Contexts for running code: without the draws of constructors, in training mode, with
a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from netspec.spec import check_seed


class SkipInit(TorchFunctionMode):
    """A mode in which `torch.nn.init` does nothing, in this thread only.

    `skip_init` and meta tensors would leave garbage in buffers, too; in this mode
    constructors still fill buffers.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return args[0] if args else given["tensor"]
        return func(*args, **given)


@contextmanager
def training(model: nn.Module, train: bool) -> Iterator[None]:
    """Put all modules into training or evaluation mode, and back afterwards."""
    before = [(module, module.training) for module in model.modules()]
    if any(flag != train for _, flag in before):
        model.train(train)
    try:
        yield
    finally:
        for module, flag in before:
            if module.training is not flag:
                module.training = flag


@contextmanager
def seeded(seed: int | None, device: torch.device) -> Iterator[None]:
    """Draw random numbers from a seed, unless it is None; restore the generators
    afterwards.

    Raises:
        NetspecError: `check_seed` refuses the seed.
    """
    if seed is None:
        yield
        return
    seed = check_seed(seed)
    gpus = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(gpus):
        # torch.manual_seed would reset the generators of every GPU
        torch.default_generator.manual_seed(seed)
        for gpu in gpus:
            with torch.cuda.device(gpu):
                torch.cuda.manual_seed(seed)
        yield
