"""Calls under onnxruntime of an exported model against what torch.onnx.export makes of
the hand-written nn.Sequential, with the same graph optimizations. That export folds
BatchNorms, so they are folded in ours, too (`netspec export --fold`).

The goal is 1.05 times what a second export reads in the same run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache, partial
from typing import Any

import onnxruntime
import torch

import netspec as ns
from benchmarks import calls
from benchmarks.nets import SPECS
from benchmarks.report import Row
from benchmarks.timing import Case
from benchmarks.torch_calls import BY_HAND
from netspec.contract import Array


class Session:
    """A model as onnxruntime has it, in one thread, with all optimizations."""

    def __init__(self, source: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.runtime: Any = onnxruntime.InferenceSession(
            source, options, providers=["CPUExecutionProvider"]
        )
        self.reads = self.runtime.get_inputs()[0].name


def rows() -> Iterator[Row]:
    """Yield one row for each net and batch size."""
    torch.set_num_threads(1)
    by_hand = {name: partial(_theirs, name) for name in SPECS}
    yield from calls.rows(_ours, by_hand, lambda x: x, (calls.Mode("call", _call),))


def _ours(spec: ns.Spec) -> Session:
    params = ns.init_params(spec, seed=0)
    with suppress(ns.SpecError):  # it has nothing to fold
        spec, params = ns.fold(spec, params)
    return Session(ns.compile(spec, "onnx", params=params).SerializeToString())


def _theirs(name: str) -> Session:
    return Session(_exported(name))


@cache
def _exported(name: str) -> bytes:
    x = torch.zeros(2, *SPECS[name].input_shape)
    program = torch.onnx.export(
        BY_HAND[name]().eval(),
        (x,),
        dynamo=True,
        verbose=False,
        dynamic_shapes=({0: torch.export.Dim("batch")},),
    )
    if program is None:
        raise TypeError("torch.onnx.export gave no program")
    source: bytes = program.model_proto.SerializeToString()
    return source


def _call(session: Session, x: Array) -> Case:
    given = {session.reads: x}
    return lambda: session.runtime.run(None, given)
