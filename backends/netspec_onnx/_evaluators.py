"""Run models: in float32 by onnxruntime, in float64 by onnx's reference evaluator.

onnxruntime has no float64 kernels for Conv, AveragePool, Erf, most activations and
more; the evaluator is NumPy, and has all.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import onnxruntime
from onnx import ModelProto
from onnx.reference import ReferenceEvaluator

from netspec.contract import Array
from netspec_onnx._model import INPUT
from netspec_onnx.layers import REPAIRS

QUIET = 3  # of onnxruntime's levels: errors alone


def run(model: ModelProto, x: Array, dtype: str) -> Array:
    """Compute the output of a model for a batch.

    Args:
        model: holds its weights.
        x: the batch, floats of the model's dtype or integers.
        dtype: of the model.
    """
    source = model.SerializeToString()
    whole = np.issubdtype(x.dtype, np.integer)
    given = {INPUT: x.astype(np.int64) if whole else x}
    engine = _session(source) if dtype == "float32" else _evaluator(source)
    (output,) = engine.run(None, given)
    return np.array(output)


# By what a model is, so that one that is written to is another
@lru_cache(maxsize=4)
def _session(source: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = QUIET
    options.intra_op_num_threads = 1  # numbers are judged here, often several at once
    return onnxruntime.InferenceSession(
        source, options, providers=["CPUExecutionProvider"]
    )


@lru_cache(maxsize=4)
def _evaluator(source: bytes) -> Any:
    return ReferenceEvaluator(source, new_ops=[*REPAIRS])
