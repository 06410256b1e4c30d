"""Offer ONNX as a backend."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from onnx import ModelProto, numpy_helper, printer

from netspec.contract import (
    Array,
    Arrays,
    GuardedBackend,
    GuardedFiles,
    GuardedListing,
    Mode,
    Numerics,
)
from netspec.declare import FrozenDict
from netspec.errors import BackendError, shorten
from netspec.importing import Reading
from netspec.program.render import Listing
from netspec.spec import Spec, init_params
from netspec_onnx._evaluators import run
from netspec_onnx._listing import list_nodes
from netspec_onnx._model import (
    KINDS,
    is_too_large,
    outlined,
    to_files,
    to_model,
)
from netspec_onnx.layers import FLOAT32

EVALUATES = "an ONNX model is for evaluation"
LACKS = FrozenDict(
    {
        "gradients": f"{EVALUATES}, and has no gradients",
        "training": f"{EVALUATES}, and has no training mode",
        "first_weights": f"{EVALUATES}, and draws no weights",
    }
)


class OnnxBackend(GuardedBackend[ModelProto], GuardedFiles, GuardedListing):
    """Specs as `onnx.ModelProto`, which hold their weights: those of seed 0 unless
    others are given. They run on the CPU, in float32 by onnxruntime, in float64 by
    onnx's reference evaluator.

    `source` is the model as text, as `onnx.printer` writes it, with weights as inputs;
    what a runtime reads is what `files` gives.
    """

    name = "onnx"
    numerics = Numerics(
        float32_scalars=FLOAT32,
        devices=FrozenDict({"float32_scalars": ("any",)}),  # it is the format's
    )
    lacks = LACKS
    suffix = ".onnx"

    def read(
        self,
        source: Any,
        example: Any,
        *,
        name: str | None = None,
        evaluation_only: bool = False,
        output: str | None = None,
    ) -> Reading:
        """Read a file for `netspec.importing.onnx`; it holds evaluation alone."""
        from netspec_onnx.importing import reading

        return reading(source, example, name=name, output=output)

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> ModelProto:
        if device not in (None, "cpu"):
            raise BackendError(
                "an ONNX model has no device, and is run on the cpu, received"
                f" {shorten(device)}"
            )
        return to_model(spec, _first(spec, params, dtype), dtype)

    def _files(
        self, spec: Spec, name: str, params: Arrays | None, dtype: str, apart: bool
    ) -> dict[str, bytes]:
        first = _first(spec, params, dtype)
        if apart or is_too_large(first, dtype):
            return to_files(spec, first, dtype, name)
        return {name: to_model(spec, first, dtype).SerializeToString()}

    def _source(self, spec: Spec, dtype: str, weights: bool) -> str:
        return f"{printer.to_text(_outline(spec, dtype))}\n"

    def _listing(self, spec: Spec, dtype: str) -> Listing:
        return list_nodes(spec, _outline(spec, dtype))

    def _params(self, model: ModelProto, spec: Spec) -> dict[str, Array]:
        held = {tensor.name: tensor for tensor in model.graph.initializer}
        return {
            path: numpy_helper.to_array(held[path]).copy()
            for path in spec.parameters()
            if path in held
        }

    def _load_params(self, model: ModelProto, spec: Spec, params: Arrays) -> ModelProto:
        dtype, made = self._dtype(model), ModelProto()
        made.CopyFrom(model)
        held = {tensor.name: tensor for tensor in made.graph.initializer}
        for path, value in params.items():
            array = np.asarray(value, dtype)
            held[path].CopyFrom(numpy_helper.from_array(array, path))
        return made

    def _dtype(self, model: ModelProto) -> str:
        """Name the dtype of what it gives."""
        (output,) = model.graph.output
        kinds = {kind: name for name, kind in KINDS.items()}
        return kinds[output.type.tensor_type.elem_type]

    def _forward(self, model: ModelProto, spec: Spec, x: Array, mode: Mode) -> Array:
        if mode.train:
            raise BackendError(LACKS["training"])
        return run(model, x, mode.dtype)

    def _step(
        self, model: ModelProto, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> NoReturn:
        raise BackendError(LACKS["gradients"])


def _first(spec: Spec, params: Arrays | None, dtype: str) -> Arrays:
    """Return parameters as they are given, else those of seed 0."""
    return init_params(spec, 0, dtype) if params is None else params


def _outline(spec: Spec, dtype: str) -> ModelProto:
    """Make a model for its nodes alone, with weights as inputs."""
    nothing = np.zeros((), dtype)
    shapes = {path: p.shape for path, p in spec.parameters().items()}
    return outlined(
        spec, {p: np.broadcast_to(nothing, s) for p, s in shapes.items()}, dtype
    )
