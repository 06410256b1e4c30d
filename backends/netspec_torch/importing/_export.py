"""A module exported in evaluation and in training."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import nn
from torch.export import ExportedProgram
from torch.utils import _pytree

from netspec.errors import ImportProblem, Obstacle, said
from netspec_torch._modes import training
from netspec_torch.importing._example import Example

BATCHES = {False: 3, True: 5}  # odd sizes, so that no other size is taken for them


def exported(
    module: nn.Module, example: Example, train: bool, batch: int | None = None
) -> ExportedProgram:
    """Export a module, in the mode asked for.

    Raises:
        Exception: whatever the code of the module raises, or `torch.export`.
    """
    size = BATCHES[train] if batch is None else batch
    inputs = example.zeros(size, module)
    with training(module, train), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of the module are not about the import
        return torch.export.export(module, (inputs,), strict=False)


def export_of(module: nn.Module, example: Example, train: bool) -> ExportedProgram:
    """Export a module, and say why where that fails.

    Raises:
        ImportProblem: it cannot be exported.
    """
    try:
        return exported(module, example, train)
    except Exception as error:
        mode = "training" if train else "evaluation"
        problem = Obstacle("", f"torch.export in {mode}", None, said(error))
        if _runs_with(module, example, train):
            remedy = (
                f"the code needs a batch of {example.batch}; take it from the input"
            )
            problem = Obstacle("", "batch size", None, remedy)
        raise ImportProblem(type(module).__name__, [problem]) from error


def _runs_with(module: nn.Module, example: Example, train: bool) -> bool:
    """Tell whether a module can be exported with the batch that the user gave."""
    if example.batch in (None, BATCHES[train]):
        return False
    try:
        exported(module, example, train, example.batch)
    except Exception:  # then its size is not what is wrong
        return False
    return True


def output_names(program: ExportedProgram) -> list[str]:
    """Name what a model gives: keys of a dict, fields, or places; "" for one tensor."""
    spec: Any = program.call_spec.out_spec
    tree = spec.unflatten(range(spec.num_leaves))
    leaves, _ = _pytree.tree_flatten_with_path(tree)
    return [".".join(_key(one) for one in path) for path, _ in leaves]


def _key(entry: Any) -> str:
    for name in ("key", "name", "idx"):
        if hasattr(entry, name):
            return str(getattr(entry, name))
    return str(entry)
