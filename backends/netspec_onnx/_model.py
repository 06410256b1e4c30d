"""Make a model of a spec: its graph, with weights, shapes and names, checked.

Weights are initializers in canonical layout, named by their paths, so that a file can
be read, compared and given other weights by name.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, ValueInfoProto, helper, numpy_helper

from netspec.contract import Arrays
from netspec.errors import BackendError, said
from netspec_onnx._lowering import chain
from netspec_onnx._writer import Writer
from netspec_onnx.layers import copied  # registers every layer

if TYPE_CHECKING:
    from netspec.spec import Spec

OPSET = 23  # the first with Attention and RMSNormalization
INPUT, OUTPUT, BATCH = "input", "output", "batch"
KINDS = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}
LARGEST = 2**31 - 2**20  # bytes that protobuf reads and writes, and room for the nodes
LARGE = 1024  # values; smaller weights stay in the file


def to_model(spec: Spec, params: Arrays, dtype: str) -> ModelProto:
    """Make a model that holds its weights.

    Args:
        spec: what to make.
        params: parameters by canonical path.
        dtype: ``"float32"`` or ``"float64"``.

    Raises:
        BackendError: ONNX cannot have a layer, or the weights are too large for one
            file; with the reason.
    """
    if is_too_large(params, dtype):
        raise BackendError(
            f"{spec.name}: its weights have more than the 2 GB that protobuf takes;"
            " export it, with external data: netspec export --to onnx -o net.onnx"
        )
    model = _without_inputs(outlined(spec, params, dtype))
    model.graph.initializer.extend(
        numpy_helper.from_array(np.asarray(value, dtype), path)
        for path, value in params.items()
    )
    return model


def is_too_large(params: Arrays, dtype: str) -> bool:
    """Tell whether weights do not fit into one file."""
    size = sum(np.size(value) for value in params.values())
    return size * np.dtype(dtype).itemsize > LARGEST


def to_files(spec: Spec, params: Arrays, dtype: str, name: str) -> dict[str, bytes]:
    """Make a model whose large weights are external data, in a second file.

    Args:
        spec: what to make.
        params: parameters by canonical path.
        dtype: ``"float32"`` or ``"float64"``.
        name: of the file; that of its weights is this one and ``.data``.

    Returns:
        The bytes of both, by name.
    """
    model = _without_inputs(outlined(spec, params, dtype))
    data, beside = bytearray(), f"{name}.data"
    for path, value in params.items():
        array = np.asarray(value, dtype)
        if array.size < LARGE:
            model.graph.initializer.append(numpy_helper.from_array(array, path))
            continue
        data += bytes(-len(data) % PAGE)
        part = TensorProto(
            name=path,
            dims=array.shape,
            data_type=KINDS[dtype],
            data_location=TensorProto.EXTERNAL,
        )
        place = {"location": beside, "offset": len(data), "length": array.nbytes}
        for key, held in place.items():
            part.external_data.add(key=key, value=str(held))
        model.graph.initializer.append(part)
        data += array.astype(array.dtype.newbyteorder("<")).tobytes()
    return {name: model.SerializeToString(), beside: bytes(data)}


PAGE = 4096  # to which weights are aligned, so that they can be mapped into memory


def outlined(spec: Spec, params: Arrays, dtype: str) -> ModelProto:
    """Make the model with weights as inputs, which need not be copied to be checked,
    and the shapes of all values.

    Args:
        spec: what to make.
        params: parameters by canonical path; only their shapes matter.
        dtype: ``"float32"`` or ``"float64"``.

    Raises:
        BackendError: ONNX cannot have a layer.
    """
    to = Writer(dtype, params)
    value = chain(spec.graph, INPUT, to)
    if value == INPUT or any(value in node.input for node in to.nodes):
        value = copied(value, to)
    to.finish(value)
    reads = TensorProto.INT64 if spec.input_dtype == "int" else KINDS[dtype]
    graph = helper.make_graph(
        to.nodes,
        spec.name,
        [_value(INPUT, reads, (BATCH, *spec.input_shape))],
        [_value(OUTPUT, KINDS[dtype], (BATCH, *spec.output_shape))],
        [*to.constants.values()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(
        graph,
        opset_imports=opsets,
        ir_version=helper.find_min_ir_version_for(opsets),
        producer_name="netspec",
        producer_version=version("netspec"),
    )
    model.graph.input.extend(
        _value(path, KINDS[dtype], np.shape(array)) for path, array in params.items()
    )
    return _inferred(model)


def _inferred(model: ModelProto) -> ModelProto:
    """Give every value its shape, and check the model.

    Raises:
        BackendError: says what does not hold.
    """
    try:
        found = onnx.shape_inference.infer_shapes(
            model, check_type=True, strict_mode=True, data_prop=True
        )
        onnx.checker.check_model(found, full_check=True)
    except (
        onnx.shape_inference.InferenceError,
        onnx.checker.ValidationError,
    ) as error:
        raise BackendError(f"onnx refuses the model: {said(error)}") from error
    return found


def _without_inputs(model: ModelProto) -> ModelProto:
    """Leave the input alone, where weights are to be initializers."""
    del model.graph.input[1:]
    return model


def _value(name: str, kind: int, shape: tuple[int | str, ...]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)
