"""Blocks and files of MXNet that netspec did not make, run beside what was made of
them.

A block is run as the graph of the operations that it calls, as it is where it is
hybridized, and a file is such a graph. In it can be changed what its code has not:
dropout is left out, and evaluation can be recorded.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import mxnet as mx
import numpy as np
from mxnet import autograd
from mxnet.gluon import SymbolBlock, nn

from netspec.contract import (
    Array,
    Arrays,
    Mode,
    Numerics,
    OriginalSubject,
    Step,
)
from netspec.errors import BackendError, InputError, said, shorten
from netspec.importing.symbols import read_list
from netspec.spec import Spec
from netspec_gluon._arrays import to_context, to_nd
from netspec_gluon._modes import check_array_mode, set_seed, unmoved
from netspec_gluon._reading import arrays_of, symbol_of
from netspec_gluon.layers import Document, edited


@dataclass(frozen=True)
class GluonOriginal:
    """A block or a file; see `netspec.contract.Original`.

    Attributes:
        kind: what it is.
        graphs: documents of the graph, by whether it is that of training.
        arrays: parameters and running statistics by name.
        numerics: conventions of MXNet.
    """

    kind: str
    graphs: Mapping[bool, Document]
    arrays: Arrays
    numerics: Numerics = field(default_factory=Numerics)

    def weights(self) -> dict[str, Array]:
        return {name: np.array(array) for name, array in self.arrays.items()}

    def subject(self, names: Mapping[str, str]) -> GluonSubject:
        return GluonSubject(self, names)


def original(model: Any, numerics: Numerics) -> GluonOriginal | None:
    """Take a block, or the names of two files, ``-symbol.json`` and ``.params``.

    Raises:
        ImportProblem: the block cannot be called with a symbol, or has no values.
        InputError: the graph cannot be read.
        ParameterError: the arrays cannot be read.
    """
    if isinstance(model, nn.Block):
        check_array_mode()
        title, kind = type(model).__name__, type(model)
        graphs = {
            train: json.loads(symbol_of(model, title, train).tojson())
            for train in (False, True)
        }
        named = f"block of MXNet, {kind.__module__}.{kind.__qualname__}"
        return GluonOriginal(named, graphs, arrays_of(model, title), numerics)
    if not _are_files(model):
        return None
    symbol, params = map(os.fspath, model)
    try:
        graph = json.loads(mx.sym.load(symbol).tojson())
    except Exception as error:  # of MXNet's own kind
        reason = said(error, first_line=True)
        raise InputError(f"{symbol}: MXNet does not read it: {reason}") from None
    held = {name: np.array(array) for name, array in read_list(params).items()}
    return GluonOriginal(
        "files of MXNet", dict.fromkeys((False, True), graph), held, numerics
    )


def _are_files(model: Any) -> bool:
    pair = isinstance(model, list | tuple) and len(model) == 2
    named = pair and all(isinstance(one, str | os.PathLike) for one in model)
    return named and os.fspath(model[0]).endswith(".json")


@dataclass(frozen=True)
class Copied:
    """A copy of a model.

    Attributes:
        arrays: in the dtype of the copy.
        dtype: ``"float32"`` or ``"float64"``.
        context: where it runs.
        nets: that were made of it, by how its graph was edited.
    """

    arrays: Arrays
    dtype: str
    context: Any
    nets: dict[tuple[bool, ...], SymbolBlock] = field(default_factory=dict)


class GluonSubject(OriginalSubject[Copied]):
    """Copies of a graph."""

    def __init__(self, whole: GluonOriginal, names: Mapping[str, str]) -> None:
        super().__init__("original gluon", names)
        self.numerics = whole.numerics
        self.whole = whole

    def _copy(self, spec: Spec, dtype: str, device: Any) -> Copied:
        check_array_mode()
        arrays = {
            name: array.astype(dtype) if array.dtype.kind == "f" else array
            for name, array in self.whole.weights().items()
        }
        return Copied(arrays, dtype, to_context(device))

    def _read(self, model: Copied) -> dict[str, Array]:
        return {name: np.array(array) for name, array in model.arrays.items()}

    def _with(self, model: Copied, arrays: Arrays) -> Copied:
        return replace(model, arrays=arrays, nets={})

    def _dtype(self, model: Copied) -> str:
        return model.dtype

    def _forward(self, model: Copied, spec: Spec, x: Array, mode: Mode) -> Array:
        net = self._net(model, mode)
        set_seed(mode.seed)
        batch = to_nd(x, model.dtype, model.context)
        with unmoved(running(net)), autograd.pause(train_mode=mode.train):
            output: Array = chosen(net(batch), spec).asnumpy()
        return output

    def _step(
        self, model: Copied, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        """Make a step. That of evaluation is recorded in training mode, with a graph in
        which BatchNorm and Dropout are as in evaluation: outside of it MXNet notes
        nothing of where maxima are, nor of what recurrent layers compute.
        """
        net = self._net(model, mode, frozen=not mode.train)
        batch, seen = (to_nd(a, model.dtype, model.context) for a in (x, cotangent))
        held = net.collect_params()
        names = self.trained(spec)
        wanted = [held[name].data(model.context) for name in names]
        if spec.input_dtype == "float":
            batch.attach_grad()
            wanted.append(batch)
        set_seed(mode.seed)
        with unmoved(running(net)):
            with autograd.record(train_mode=True):
                output = chosen(net(batch), spec)
            self.check_shape(output.shape[1:], spec)
            grads = autograd.grad(output, wanted, seen, train_mode=True)
            arrays = [array.asnumpy() for array in grads]
            after = {one.name: one.list_data()[0].asnumpy() for one in running(net)}
        given = output.asnumpy() if mode.train else self._forward(model, spec, x, mode)
        named = dict(zip(names, arrays, strict=False))
        return Step(
            output=given,
            grad_input=arrays[-1] if spec.input_dtype == "float" else None,
            grad_params=self.by_path(named, spec, trainable=True),
            state=self.by_path({**model.arrays, **after}, spec, trainable=False),
        )

    def _net(self, model: Copied, mode: Mode, frozen: bool = False) -> SymbolBlock:
        key = mode.train, frozen, frozen or mode.seed is None
        if key not in model.nets:
            graph = edited(self.whole.graphs[mode.train], *key[1:])
            model.nets[key] = network(graph, model)
        return model.nets[key]


def running(net: SymbolBlock) -> list[Any]:
    """Return the parameters that training moves without a gradient."""
    return [p for p in net.collect_params().values() if p.grad_req == "null"]


def network(graph: Document, model: Copied) -> SymbolBlock:
    """Make a block of a graph, with the arrays of a copy.

    Args:
        graph: its document.
        model: the copy.

    Raises:
        BackendError: it has several inputs, or arrays are missing.
    """
    symbol = mx.sym.load_json(json.dumps(graph))
    inputs = [n for n in symbol.list_arguments() if n not in model.arrays]
    if len(inputs) != 1:
        raise BackendError(
            f"the original has the inputs {', '.join(map(shorten, inputs))}; it must"
            " have one, and an array for everything else"
        )
    # with a dtype for the input it finds some for all else, and says nothing
    net = SymbolBlock(symbol, [mx.sym.var(inputs[0], dtype="float32")])
    for name, parameter in net.collect_params().items():
        array = model.arrays[name]
        parameter.shape = array.shape
        parameter.cast(array.dtype.name)
        parameter.initialize(mx.init.Zero(), ctx=model.context)
        parameter.set_data(to_nd(array, array.dtype.name, model.context))
    return net


def chosen(output: Any, spec: Spec) -> Any:
    """Return the output that the spec has: of several the first of its shape."""
    found = output if isinstance(output, list | tuple) else [output]
    fit = (one for one in found if one.shape[1:] == spec.output_shape)
    return next(fit, found[0])
