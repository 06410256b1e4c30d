"""What keeps a module from being imported, seen before any of its code runs: all of it,
so that it can be put right at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import chain

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from netspec.errors import NetspecError, Obstacle, said
from netspec.importing import check_fits

FLOATS = (torch.float32, torch.float64)
NEEDED = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.KEYWORD_ONLY,
)


def unfit(module: nn.Module) -> list[Obstacle]:
    """List what keeps a module from being exported or held in a spec."""
    named = [*_named(module)]
    lazy = [name for name, one in named if is_lazy(one)]
    held = [(name, one) for name, one in named if not is_lazy(one)]
    return [
        *_several(module),
        *_hooked(module),
        *_absent(held),
        *_lazy(lazy),
        *_cumulative(module),
        *_mixed(held),
        *_large([one for _, one in held]),
    ]


def _named(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    for name, one in chain(module.named_parameters(), module.named_buffers()):
        if isinstance(one, Tensor):
            yield name, one


def _several(module: nn.Module) -> Iterator[Obstacle]:
    """Yield a problem where the code takes other inputs beside the first."""
    try:
        taken = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):  # its code is none of Python's
        return
    names = [p.name for p in taken if p.kind in NEEDED and p.default is p.empty]
    if len(names) > 1:
        remedy = f"forward takes {len(names)}, {', '.join(names)}; a spec has one"
        yield Obstacle("", "inputs", None, remedy)


def _hooked(module: nn.Module) -> Iterator[Obstacle]:
    """Yield a problem for each hook on the way back, of which an exported graph has
    nothing; those on the way forward are in it.
    """
    remedy = "has a backward hook, which may change gradients; remove it"
    for path, one in module.named_modules():
        if one._backward_hooks or one._backward_pre_hooks:
            yield Obstacle(path, type(one).__name__, None, remedy)
    for name, parameter in module.named_parameters():
        if parameter._backward_hooks:
            yield Obstacle(name, "parameter", None, remedy)


def _absent(held: list[tuple[str, Tensor]]) -> Iterator[Obstacle]:
    names = [name for name, one in held if one.is_meta]
    if names:
        remedy = f"{_first(names)} no values there; load them, and to_empty before"
        yield Obstacle("", "meta device", None, remedy)


def _lazy(names: list[str]) -> Iterator[Obstacle]:
    if names:
        remedy = f"{_first(names)} no shape yet; call the module once before"
        yield Obstacle("", "lazy module", None, remedy)


def _first(names: list[str]) -> str:
    """Word who has something, the first and how many others."""
    more = len(names) - 1
    return f"{names[0]} and {more} more have" if more else f"{names[0]} has"


def _cumulative(module: nn.Module) -> Iterator[Obstacle]:
    for path, one in module.named_modules():
        if isinstance(one, nn.modules.batchnorm._NormBase) and one.momentum is None:
            yield Obstacle(
                path,
                type(one).__name__,
                None,
                "averages over all steps; give a momentum",
            )


def _mixed(held: list[tuple[str, Tensor]]) -> Iterator[Obstacle]:
    found = {
        one.dtype: name
        for name, one in held
        if one.is_floating_point() or one.is_complex()
    }
    odd = ", ".join(f"{name} is {str(kind)[6:]}" for kind, name in found.items())
    if any(kind.is_complex for kind in found):
        yield Obstacle("", "dtype", None, f"{odd}; a spec has real numbers")
    elif len(found) > 1 or found.keys() - set(FLOATS):
        remedy = f"{odd}; a spec has one of float32 and float64: call .float()"
        yield Obstacle("", "dtype", None, remedy)


def _large(held: list[Tensor]) -> Iterator[Obstacle]:
    needed = sum(one.numel() * one.element_size() for one in held)
    try:
        check_fits(needed, "its tensors are copied", "import a smaller one")
    except NetspecError as error:
        yield Obstacle("", "memory", None, said(error))
