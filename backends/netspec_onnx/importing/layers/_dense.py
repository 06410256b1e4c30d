"""Layers that are one matrix."""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.importing import Made, Signal
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing._values import Held
from netspec_onnx.importing.layers._arithmetic import both
from netspec_onnx.importing.layers._attention import with_matrix


@rule("MatMul", anywhere=True)
def product(call: Call) -> Made:
    """Multiply by a matrix of the file, or two values with each other."""
    if isinstance(call.given("0"), Signal) and isinstance(call.given("1"), Held):
        return by_matrix(call)
    joined = both(call, "matmul")
    if joined is None:
        raise call.refused("multiplies a matrix of the file by a value; transpose both")
    if call.turn.start >= call.rank - 2:
        raise call.refused("multiplies along the batch axis, so examples are mixed")
    return joined


def by_matrix(call: Call) -> Made:
    weight = call.constant(1)
    if weight is None or weight.ndim != 2 or call.turn.start == call.rank - 1:
        raise call.refused("multiplies by what is no matrix of the file")
    if made := with_matrix(call):
        return made
    call.parameter(1, "weight", np.transpose)
    call.reads = (call.data,)
    return L.Dense(weight.shape[1], bias=False)


@rule("Gemm", anywhere=True)
def gemm(call: Call) -> Made:
    """Take the factors of the matrix and of the bias into them."""
    if call.whole("transA", 0):
        raise call.refused("transposes the batch")
    if call.rank != 2 or call.turn.start:
        raise call.refused(f"reads examples of shape {call.before}, not of one axis")
    turned, alpha = call.whole("transB", 0), call.attributes.get("alpha", 1.0)

    def matrix(array: Array) -> Array:
        return _times(array if turned else array.T, alpha)

    weight = call.parameter(1, "weight", matrix)
    if weight.ndim != 2:
        raise call.refused(f"multiplies by an array of shape {weight.shape}")
    units, beta = weight.shape[0], call.attributes.get("beta", 1.0)
    bias = call.given("2") is not None and beta != 0
    if bias:
        _bias(call, units, beta)
    if alpha != 1 or (bias and beta != 1):
        call.note("its factors alpha and beta are in its weights here")
    call.reads = (call.data,)
    return L.Dense(units, bias=bias)


def _times(array: Array, factor: float) -> Array:
    return array if factor == 1 else array * array.dtype.type(factor)


def _bias(call: Call, units: int, factor: float) -> None:
    held = call.constant(2)
    if (
        held is None
        or held.size not in (1, units)
        or held.shape[-1:]
        not in (
            (),
            (1,),
            (units,),
        )
    ):
        raise call.refused("adds what is no bias: a value for each unit")

    def fitted(array: Array) -> Array:
        return _times(np.broadcast_to(array.reshape(-1), (units,)), factor)

    call.parameter(2, "bias", fitted)
