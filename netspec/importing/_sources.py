"""Models of frameworks that are installed here: each backend reads its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike
from typing import Any, Protocol, runtime_checkable

from netspec._system import check_fits, file_name
from netspec.contract import backend
from netspec.errors import BackendError, SpecError, shorten
from netspec.importing._graph import Reading
from netspec.importing._imported import Imported, imported
from netspec.importing.symbols import reading

BATCH = 5  # examples of which a reader makes a batch


@runtime_checkable
class ReadingBackend(Protocol):
    """Can read models of its framework that netspec did not make."""

    def read(
        self,
        source: Any,
        example: object,
        *,
        name: str | None = None,
        evaluation_only: bool = False,
        output: str | None = None,
    ) -> Reading:
        """Read a model, which is left as it is.

        Args:
            source: the model.
            example: a batch of inputs, or the shape of one.
            name: of the spec; None for one that the model has.
            evaluation_only: take what evaluation computes, and say what training has
                besides.
            output: which of several outputs; the only one if None.

        Raises:
            ImportProblem: it cannot be read at all.
            InputError: `source` or `example` is none.
        """


def torch(
    module: Any,
    example: object,
    *,
    name: str | None = None,
    evaluation_only: bool = False,
    output: str | None = None,
) -> Imported:
    """Import a module of PyTorch, with its weights.

    Its code is run, in evaluation and in training, by ``torch.export``.

    Args:
        module: any ``torch.nn.Module`` of one input; it is left as it is.
        example: a batch of inputs, or the shape of one, such as ``(3, 224, 224)``.
        name: of the spec; that of its class if None.
        evaluation_only: take what evaluation computes, and list what training has
            besides as `Imported.training_only`.
        output: which of several outputs; the only one if None.

    Raises:
        BackendNotInstalled: PyTorch is missing; says what to install.
        ImportProblem: lists all that cannot be imported; nothing of it is.
        InputError: `module` or `example` is none.

    Example:
        >>> from torch import nn
        >>> found = torch(nn.Sequential(nn.Linear(3, 2), nn.ReLU()), (3,))
        >>> [type(layer).__name__ for layer in found.spec.layers]
        ['Dense', 'ReLU']
    """
    return _read("torch", module, example, name, evaluation_only, output)


def gluon(
    block: Any,
    example: object,
    *,
    name: str | None = None,
    evaluation_only: bool = False,
    output: str | None = None,
) -> Imported:
    """Import a block of Gluon, with its weights.

    Its code is run with a symbol in the place of a batch, in evaluation and in
    training; the operations that it calls are read as those of a file are.

    Args:
        block: a hybrid block of one input; it is left as it is.
        example: a batch of inputs, or the shape of one, such as ``(3, 224, 224)``.
        name: of the spec; that of its class if None.
        evaluation_only: take what evaluation computes, where training calls other
            operations.
        output: name of the operation whose output is meant; the only one if None.

    Raises:
        BackendNotInstalled: MXNet is missing; says what to install.
        ImportProblem: lists all that cannot be imported; nothing of it is.
        InputError: `block` or `example` is none.
    """
    return _read("gluon", block, example, name, evaluation_only, output)


def mxnet(
    symbol: str | PathLike[str],
    params: str | PathLike[str],
    input_shape: Sequence[int],
    *,
    name: str | None = None,
    output: str | None = None,
) -> Imported:
    """Import a model that MXNet exported, with its weights; MXNet is not needed.

    Args:
        symbol: the file of the graph, ``-symbol.json``.
        params: the file of the arrays, ``.params``.
        input_shape: of one example, without the batch axis.
        name: of the spec; that of the file if None.
        output: name of the operation whose output is meant; the only one if None.

    Raises:
        ImportProblem: lists all that cannot be imported; nothing of it is.
        InputError: `input_shape` is none.
        ParameterError: `params` is no such file, or damaged.
        SpecError: `symbol` is no such file, or damaged.
    """
    return imported(reading(symbol, params, input_shape, name, output))


def onnx(
    path: str | PathLike[str],
    input_shape: Sequence[int] | None = None,
    *,
    name: str | None = None,
    output: str | None = None,
) -> Imported:
    """Import a model from a file of ONNX, with its weights.

    Args:
        path: of the file; arrays may lie in files beside it.
        input_shape: of one example, without the batch axis; that of the file if None.
        name: of the spec; that of the file if None.
        output: which of several outputs; the only one if None.

    Raises:
        BackendNotInstalled: the package onnx is missing; says what to install.
        ImportProblem: lists all that cannot be imported; nothing of it is.
        InputError: `input_shape` is none, or there is no such output.
        SpecError: `path` is no such file, or damaged.
    """
    read = file_name(path, SpecError)
    return _read("onnx", read, input_shape, name, True, output)


def _read(
    name: str,
    source: object,
    example: object,
    title: str | None,
    evaluation_only: bool,
    output: str | None,
) -> Imported:
    _check_fits(example)
    found = backend(name)
    if not isinstance(found, ReadingBackend):
        raise BackendError(
            f"backend {shorten(name)} reads no models; install a newer netspec"
        )
    return imported(
        found.read(
            source, example, name=title, evaluation_only=evaluation_only, output=output
        )
    )


def _check_fits(example: object) -> None:
    """Refuse a shape of which this machine cannot hold a batch.

    Raises:
        NetspecError: with the numbers and a remedy.
    """
    if isinstance(example, Sequence) and all(isinstance(n, int) for n in example):
        needed = BATCH * 4 * math.prod(example)
        what = f"a batch of {BATCH} examples of {shorten(example)} is read"
        check_fits(needed, what, "give a smaller shape")
