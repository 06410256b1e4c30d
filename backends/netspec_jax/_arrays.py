"""Conversion between arrays by canonical path and the nested dicts of a model.

A path is split at its dots: ``params["4"]["body"]["0"]["weight"]``. Kernels, (out, in,
*window) in the spec, are (*window, in, out) in JAX's layout; other arrays are as in the
spec.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from netspec.contract import Array
from netspec.declare import Parameter
from netspec.errors import BackendError
from netspec.spec import Spec, join_path
from netspec_jax.support.base import Tree


def to_trees(spec: Spec, params: Mapping[str, Array]) -> tuple[Tree, Tree]:
    """Arrange parameters as two nested dicts of views in JAX's layout: trainable
    parameters, and running statistics.
    """
    trained: Tree = {}
    state: Tree = {}
    for path, parameter in spec.parameters().items():
        *parents, name = path.split(".")
        tree = trained if parameter.trainable else state
        for key in parents:
            tree = tree.setdefault(key, {})
        tree[name] = _to_jax(params[path], parameter)
    return trained, state


def by_path(*trees: Mapping[str, Any]) -> dict[str, Any]:
    """Collect the leaves of nested dicts by path."""
    found: dict[str, Any] = {}
    for tree in trees:
        for key, value in tree.items():
            inside = by_path(value) if isinstance(value, Mapping) else {None: value}
            found |= {join_path(key, rest): leaf for rest, leaf in inside.items()}
    return found


def to_arrays(spec: Spec, *trees: Tree) -> dict[str, Array]:
    """Copy the leaves of nested dicts by canonical path, in canonical layout and order.

    Args:
        spec: the model.
        trees: parameters, running statistics, or gradients, in JAX's layout.
    """
    held = by_path(*trees)
    return {
        path: _to_canonical(np.array(held[path]), parameter)
        for path, parameter in spec.parameters().items()
        if path in held
    }


def beside(array: Array, leaf: Any) -> jax.Array:
    """Put an array on the devices of a leaf, committed to them if the leaf is."""
    sharding = leaf.sharding if getattr(leaf, "committed", False) else None
    put: jax.Array = jax.device_put(array, sharding)
    return put


def _to_jax(array: Array, parameter: Parameter) -> Array:
    if not parameter.is_kernel:
        return array
    return array.transpose(*range(2, array.ndim), 1, 0)


def _to_canonical(array: Array, parameter: Parameter) -> Array:
    if not parameter.is_kernel:
        return array
    last = array.ndim - 1
    return np.ascontiguousarray(array.transpose(last, last - 1, *range(last - 1)))


def check_names(spec: Spec, params: Tree, state: Tree) -> None:
    """Refuse a model of another spec, and a pair of functions of a user's layer whose
    parameters are not those that the layer declares.

    Raises:
        BackendError: names the first path that differs.
    """
    declared = {path: _jax_shape(p) for path, p in spec.parameters().items()}
    held = {path: leaf.shape for path, leaf in by_path(params, state).items()}
    for path in {**declared, **held}:
        if declared.get(path) != held.get(path):
            raise BackendError(
                f"{path}: the spec has a parameter of shape {declared.get(path)} in"
                f" JAX's layout, the model one of shape {held.get(path)}; give the"
                " model's own spec, or make what the layer declares agree with what its"
                " functions use"
            )


def _jax_shape(parameter: Parameter) -> tuple[int, ...]:
    if not parameter.is_kernel:
        return parameter.shape
    rows, columns, *window = parameter.shape
    return *window, columns, rows
