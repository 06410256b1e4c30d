"""A module exported in evaluation and in training."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram
from torch.utils import _pytree

from netspec.errors import ImportProblem, Obstacle, said
from netspec.importing import Example
from netspec_torch._modes import training
from netspec_torch.importing._example import zeros
from netspec_torch.importing._nodes import module_path, operation

SAME = "a spec computes the same for all inputs of one shape"
BATCHES = {False: 3, True: 5}  # odd sizes, so that no other size is taken for them


def exported(
    module: nn.Module, example: Example, train: bool, batch: int | None = None
) -> ExportedProgram:
    """Export a module, in the mode asked for.

    Raises:
        Exception: whatever the code of the module raises, or `torch.export`.
    """
    size = BATCHES[train] if batch is None else batch
    inputs = zeros(example, size, module)
    with training(module, train), warnings.catch_warnings(), _silence():
        warnings.simplefilter("ignore")  # those of the module are not about the import
        return torch.export.export(module, (inputs,), strict=False)


@contextmanager
def _silence() -> Iterator[None]:
    """Let nobody log, and drop what is written to stderr where an exception says what
    is wrong: `torch.export` writes its graph.
    """
    before, written = logging.root.manager.disable, StringIO()
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stderr(written):
            yield
    finally:
        logging.disable(before)
    sys.stderr.write(written.getvalue())


def export_of(module: nn.Module, example: Example, train: bool) -> ExportedProgram:
    """Export a module, and say why where that fails.

    Raises:
        ImportProblem: it cannot be exported.
    """
    try:
        program = exported(module, example, train)
        problem = _of_data(program)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # its code may even call sys.exit
        problem = _failed(module, example, train, error)
    if problem is not None:
        raise ImportProblem(type(module).__name__, [problem])
    return program


def _failed(
    module: nn.Module, example: Example, train: bool, error: BaseException
) -> Obstacle:
    """Word why a module cannot be exported."""
    if _runs_with(module, example, train):
        remedy = f"the code needs a batch of {example.batch}; take it from the input"
        return Obstacle("", "batch size", None, remedy)
    reason = said(error)
    if "data-dependent" in reason:
        reason = "asks for values of its input, as in if, while, int or item; " + SAME
    elif not isinstance(error, Exception):
        reason = f"{type(error).__name__}: {reason}"
    mode = "training" if train else "evaluation"
    return Obstacle("", f"torch.export in {mode}", None, reason)


def _of_data(program: ExportedProgram) -> Obstacle | None:
    """Find what gives as many values as its input says, on which all rests that reads
    it.
    """
    for node in program.graph.nodes:
        found = node.meta.get("val")
        sizes = found.shape if isinstance(found, Tensor) else ()
        if not all(isinstance(n, int) for n in sizes):
            remedy = "gives as many values as its input says; " + SAME
            return Obstacle(module_path(node), operation(node), None, remedy)
    return None


def _runs_with(module: nn.Module, example: Example, train: bool) -> bool:
    """Tell whether a module can be exported with the batch that the user gave."""
    if example.batch in (None, BATCHES[train]):
        return False
    try:
        exported(module, example, train, example.batch)
    except (Exception, SystemExit):  # then its size is not what is wrong
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
