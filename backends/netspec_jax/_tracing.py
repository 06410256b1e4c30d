"""Outputs of layers and the gradients with respect to them, recorded by taps.

A tap adds a parameter of zeros to the output of a layer, and stores this output in the
state: the gradient of the parameter is the gradient with respect to the output.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from netspec.program import Call, Expr, Name, call, evaluate
from netspec.program.layouts import Layout, plan
from netspec.spec import Spec
from netspec_jax._arrays import by_path
from netspec_jax._model import Apply, functions
from netspec_jax._program import program
from netspec_jax.support.base import Layer, Mode, Tree

TAP, OUTPUT = "+0", "=y"  # names that no layer has


def tap(layer: Layer) -> Layer:
    """Add a tap to the output of a layer; to integers nothing is added."""

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        y, next_state = layer.apply(params, state, x, mode)
        if jnp.issubdtype(y.dtype, jnp.inexact):
            y = y + params[TAP]
        return y, {**next_state, OUTPUT: y}

    return Layer(layer.init, apply)


@lru_cache(maxsize=16)
def tapped(spec: Spec, dtype: str) -> Apply:
    """Make the function `PureModel.apply` of a net with taps on all layers."""
    net = evaluate(_tap_all(program(spec, dtype).modules))
    return functions(net, dtype)[1]


def _tap_all(expr: Expr) -> Expr:
    if isinstance(expr, tuple):
        return tuple(map(_tap_all, expr))
    if not isinstance(expr, Call | Name):
        return expr
    made: Expr = expr
    if isinstance(expr, Call):
        kwargs = tuple((name, _tap_all(value)) for name, value in expr.kwargs)
        made = replace(expr, args=tuple(map(_tap_all, expr.args)), kwargs=kwargs)
    return call(tap, made) if expr.path else made


def with_taps(params: Tree, spec: Spec, batch: int, dtype: str) -> Tree:
    """Add the parameters of taps to the parameters of a net.

    Args:
        params: parameters of the net; not changed.
        spec: the model.
        batch: number of examples.
        dtype: dtype of the model.
    """
    tree, flows = _copy(params), plan(spec.graph)
    for path, shape in spec.shapes().items():
        own = tree
        for key in path.split("."):
            own = own.setdefault(key, {})
        zeros = np.zeros((batch, *shape), dtype)
        last = flows[path].gives is Layout.LAST
        own[TAP] = jnp.asarray(np.moveaxis(zeros, 1, -1) if last else zeros)
    return tree


def _copy(tree: Tree) -> Tree:
    return {k: _copy(v) if isinstance(v, dict) else v for k, v in tree.items()}


def seen(spec: Spec, tree: Mapping[str, Any], name: str) -> dict[str, np.ndarray]:
    """Return the arrays that taps stored in a tree under a name, by path of the layer,
    channels first.
    """
    held, flows = by_path(tree), plan(spec.graph)
    arrays = {path: np.array(held[f"{path}.{name}"]) for path in spec.shapes()}
    return {
        path: np.ascontiguousarray(np.moveaxis(array, -1, 1))
        if flows[path].gives is Layout.LAST
        else array
        for path, array in arrays.items()
    }
