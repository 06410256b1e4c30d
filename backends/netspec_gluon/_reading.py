"""Read blocks of Gluon: called with a symbol, they say which operations they call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import mxnet as mx
from mxnet import autograd
from mxnet.gluon import nn

from netspec.contract import Array
from netspec.errors import ImportProblem, InputError, Obstacle, said, shorten
from netspec.importing import Reading, example_of
from netspec.importing.symbols import Symbol, of_graph, parse
from netspec_gluon._modes import check_array_mode

DATA = "data"  # as `HybridBlock.export` calls the input


def reading(
    block: nn.Block,
    example: object,
    *,
    name: str | None = None,
    evaluation_only: bool = False,
    output: str | None = None,
) -> Reading:
    """Read a block, by the operations that it calls in evaluation and in training.

    Args:
        block: it is called with a symbol, and left as it is.
        example: a batch of inputs, or the shape of one.
        name: of the spec; that of the class if None.
        evaluation_only: take what evaluation calls, and say that training differs.
        output: name of the operation whose output is meant; the only one if None.

    Raises:
        BackendError: MXNet is in NumPy mode.
        ImportProblem: the block cannot be called so, or has no values yet.
        InputError: `block` or `example` is none.
        SpecError: there is no such output.
    """
    check_array_mode()
    if not isinstance(block, nn.Block):
        raise InputError(
            f"block must be an mxnet.gluon.HybridBlock, received {shorten(block)}"
        )
    title, shape = name or type(block).__name__, example_of(example).shape
    kept, trained = (_graph(block, title, train) for train in (False, True))
    differs = kept != trained
    if differs and not evaluation_only:
        remedy = (
            "calls other operations than evaluation; evaluation_only=True, on the"
            " command line --evaluation-only, takes those"
            " of evaluation"
        )
        raise ImportProblem(title, [Obstacle("", "training", None, remedy)])
    arrays = arrays_of(block, title)
    fixed = [n for n, one in block.collect_params().items() if one.grad_req == "null"]
    made = of_graph(kept, arrays, shape, title, output, fixed)
    only = ("the operations that training calls, which differ",)
    return replace(made, training_only=only if differs else ())


def _graph(block: nn.Block, title: str, train: bool) -> Symbol:
    """Read the graph of a block, without counters, which go on."""
    return parse(json.loads(symbol_of(block, title, train).tojson()))


def symbol_of(block: nn.Block, title: str, train: bool) -> mx.sym.Symbol:
    """Call a block with a symbol, and return what comes of it.

    Raises:
        ImportProblem: its code needs a batch, or it has several inputs.
    """
    mode = autograd.train_mode() if train else autograd.predict_mode()
    try:
        with mode, mx.name.NameManager():
            outputs = list(_symbols(block(mx.sym.var(DATA))))
        return outputs[0] if len(outputs) == 1 else mx.sym.Group(outputs)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # from code of the user's: SystemExit, too
        reason = said(error, first_line=True)
        remedy = (
            f"{type(error).__name__}: {reason}; its code must take a symbol of one"
            " input, as it does where it is hybridized"
        )
        raise ImportProblem(title, [Obstacle("", "call", None, remedy)]) from None


def _symbols(given: Any) -> Iterator[mx.sym.Symbol]:
    if isinstance(given, list | tuple):
        for one in given:
            yield from _symbols(one)
    else:
        yield given


def arrays_of(block: nn.Block, title: str) -> dict[str, Array]:
    """Copy the parameters of a block, by their names.

    Raises:
        ImportProblem: some have no values yet.
    """
    held: dict[str, Any] = dict(block.collect_params().items())
    empty = [name for name, one in held.items() if one._data is None]
    if empty:
        remedy = f"{empty[0]} has no values; initialize the block and call it once"
        raise ImportProblem(title, [Obstacle("", "parameters", None, remedy)])
    return {name: one.list_data()[0].asnumpy() for name, one in held.items()}
