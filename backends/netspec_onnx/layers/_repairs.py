"""Operators that onnx's reference evaluator has wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx.reference.op_run import OpRun
from onnx.reference.ops.op_conv_transpose import ConvTranspose as OwnConvTranspose
from onnx.reference.ops.op_rnn import RNN_14
from scipy import special

from netspec.contract import Array


class LRN(OpRun):
    """Local response normalization, as the operator's document defines it."""

    op_domain = ""

    def _run(
        self, x: Array, alpha: float, beta: float, bias: float, size: int
    ) -> tuple[Array]:
        before, after = (size - 1) // 2, size // 2
        square = np.zeros_like(x)
        for channel in range(x.shape[1]):
            near = x[:, max(0, channel - before) : channel + after + 1]
            square[:, channel] = (near**2).sum(axis=1)
        share = float(alpha) / size  # it comes as a float32
        return (x / (bias + share * square) ** float(beta),)


class Erf(OpRun):
    """The error function in the dtype of its argument."""

    op_domain = ""

    def _run(self, x: Array) -> tuple[Array]:
        return (special.erf(x),)


class GlobalMaxPool(OpRun):
    """The largest value of each channel."""

    op_domain = ""

    def _run(self, x: Array) -> tuple[Array]:
        return (x.max(axis=tuple(range(2, x.ndim)), keepdims=True),)


class ConvTranspose(OwnConvTranspose):
    """The evaluator's own, group by group."""

    op_domain = ""

    def _run(self, *given: Any, **how: Any) -> tuple[Array]:
        x, weight, bias = (*given, None)[:3]
        groups = how.pop("group", None) or 1
        biases = [None] * groups if bias is None else np.split(bias, groups)
        pairs = zip(np.split(x, groups, axis=1), np.split(weight, groups), strict=True)
        run_one: Any = super()._run
        parts = [
            run_one(*pair, one, group=1, **how)[0]
            for pair, one in zip(pairs, biases, strict=True)
        ]
        return (np.concatenate(parts, axis=1),)


class RNN(RNN_14):
    """The evaluator's own, with ReLU."""

    op_domain = ""

    def choose_act(self, name: str, alpha: Any, beta: Any) -> Any:
        if name == "Relu":
            return lambda x: np.maximum(x, 0)
        own: Any = super().choose_act
        return own(name, alpha, beta)


REPAIRS: Mapping[type[OpRun], str] = {
    LRN: "sums only for the first channels, as many as there are examples",
    Erf: "gives float32 whatever it is given, off by 3e-8",
    GlobalMaxPool: "gives axes of another rank, unless there are two of positions",
    ConvTranspose: "raises where there are groups",
    RNN: "knows no activation but Tanh",
}
"""Where onnx 1.23's evaluator is wrong: the operator as its document defines it, and
what the evaluator does instead. Models are as they are: their float64 run is repaired.
"""
