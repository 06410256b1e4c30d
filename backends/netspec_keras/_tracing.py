"""Outputs of layers and the gradients with respect to them, recorded by taps.

A tap adds zeros, which are one more input of the model, to the output of a layer: the
gradient with respect to the zeros is that with respect to the output.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
import numpy as np

from netspec.contract import Array
from netspec.errors import BackendError
from netspec.program import evaluate
from netspec.program.layouts import Layout, plan
from netspec.spec import Placed, Spec
from netspec_keras._calls import apply
from netspec_keras._lowering import is_own
from netspec_keras._program import input_of, program


class Tapped(NamedTuple):
    """A model that shows what its layers give.

    Attributes:
        model: reads a batch and zeros for each tap; gives its output, then that of each
            layer.
        taps: shapes of one example by path.
        seen: paths of the layers.
    """

    model: Any
    taps: dict[str, tuple[int, ...]]
    seen: tuple[str, ...]


def tapped(spec: Spec, model: Any) -> Tapped:
    """Make a model with taps from the layers of one that was compiled for this alone.

    Raises:
        BackendError: the layer of a custom container holds other layers.
    """
    nodes = {node.path: node for node in spec.graph.walk()}
    for node in nodes.values():
        if node.branches and not is_own(node.layer):
            raise BackendError(
                f"{node.path} {type(node.layer).__name__}: what its layers give cannot"
                " be traced, for the Keras layer that holds them calls them"
            )
    held = {layer.name: layer for layer in model.layers}
    x, taps, seen = evaluate(input_of(spec)), dict[str, Any](), dict[str, Any]()

    def tell(path: str, y: Any) -> Any:
        if nodes[path].output_kind == "float":
            taps[path] = keras.Input(y.shape[1:])
            y = keras.layers.Add()([y, taps[path]])
        seen[path] = y
        return y

    made = program(spec, named=True, fused=False).modules
    y = apply(made, x, lambda call: held[str(dict(call.kwargs)["name"])], tell)
    whole = keras.Model([x, *taps.values()], [y, *seen.values()])
    shapes = {path: tuple(tap.shape[1:]) for path, tap in taps.items()}
    return Tapped(whole, shapes, tuple(seen))


def first(spec: Spec, held: Mapping[str, Array], batch: int) -> dict[str, Array]:
    """Arrange what taps saw channels first; zeros where there is nothing.

    Args:
        spec: the model.
        held: arrays by path.
        batch: number of examples.
    """
    flows = plan(spec.graph)

    def arranged(node: Placed) -> Array:
        if node.path not in held:
            return np.zeros((batch, *node.output_shape), np.float32)
        array = held[node.path]
        last = flows[node.path].gives is Layout.LAST
        return np.ascontiguousarray(np.moveaxis(array, -1, 1) if last else array)

    return {node.path: arranged(node) for node in spec.graph.walk()}
