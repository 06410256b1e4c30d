"""Conversion between arrays by canonical path and the variables of a model.

Kernels, (out, in, *window) in the spec, are (*window, in, out) in Flax, those of
attention with an axis for the heads; other arrays are as in the spec.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flax import nnx

from netspec.contract import Array, Arrays
from netspec.declare import Parameter
from netspec.errors import BackendError
from netspec.spec import Spec
from netspec_flax.support import paths
from netspec_flax.support.paths import reach
from netspec_jax import beside


def locate(net: Any, path: str) -> str:
    """How Python reaches what is at a canonical path of a network."""
    return ".layers" + paths.locate(net.layers, path)


def variables(spec: Spec, net: Any) -> dict[str, Any]:
    """Find the variable of each parameter of a spec, by canonical path.

    Raises:
        BackendError: the net is another's, or a module of a user's layer has other
            parameters than the layer declares; names the first path that differs.
    """
    found: dict[str, Any] = {}
    known: set[int] = set()
    for path, parameter in spec.parameters().items():
        held = reach(net, locate(net, path))
        if not isinstance(held, nnx.Variable) or held.size != parameter.size:
            raise _stranger(path, parameter, held)
        if id(held) in known:
            raise BackendError(f"{path}: {APART}")
        known.add(id(held))
        found[path] = held
    for path, owner in spec.ties.items():
        if reach(net, locate(net, path)) is not found[owner]:
            raise BackendError(f"{path}: {TIED}")
    _check_rest(known, net)
    return found


def _check_rest(known: set[int], net: Any) -> None:
    for path, held in nnx.iter_graph(net):
        if isinstance(held, nnx.Param | nnx.BatchStat) and id(held) not in known:
            place = ".".join(map(str, path))
            raise BackendError(
                f"{place}: the model has this parameter, the spec none; {REMEDY}"
            )


REMEDY = (
    "give the model's own spec, or make what the layer declares agree with what its"
    " module has"
)
APART = "the spec has a parameter of its own, the model one that it shares; " + REMEDY
TIED = "the spec shares this parameter, the model has one of its own; " + REMEDY


def _stranger(path: str, parameter: Parameter, held: Any) -> BackendError:
    has = "none" if not isinstance(held, nnx.Variable) else f"one of {held.shape}"
    return BackendError(
        f"{path}: the spec has a parameter of shape {parameter.shape}, the model {has};"
        f" {REMEDY}"
    )


def to_flax(array: Array, path: str, net: Any) -> Array:
    """Arrange an array as the variable at a path holds it."""
    place = locate(net, path)
    if place.endswith(".kernel"):
        array = array.transpose(*range(2, array.ndim), 1, 0)
    return array.reshape(reach(net, place).shape)


def to_arrays(spec: Spec, net: Any, held: Mapping[str, Any]) -> dict[str, Array]:
    """Copy arrays by canonical path, in canonical layout and order.

    Args:
        spec: the model.
        net: the model, or an abstract one.
        held: what to copy, by path: parameters, statistics, or gradients.
    """
    return {
        path: _to_canonical(np.array(held[path]), parameter, locate(net, path))
        for path, parameter in spec.parameters().items()
        if path in held
    }


def _to_canonical(array: Array, parameter: Parameter, place: str) -> Array:
    if not place.endswith(".kernel"):
        return array.reshape(parameter.shape)
    rows, columns, *window = parameter.shape
    array = array.reshape(*window, columns, rows)
    last = array.ndim - 1
    return np.ascontiguousarray(array.transpose(last, last - 1, *range(last - 1)))


def values(spec: Spec, net: Any) -> dict[str, Any]:
    """Return the values of all variables of a model, by canonical path."""
    return {path: found[...] for path, found in variables(spec, net).items()}


def fill(spec: Spec, net: Any, params: Arrays, dtype: str) -> None:
    """Give a model parameters, on the devices of those before."""
    for path, found in variables(spec, net).items():
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
            own = to_flax(params[path], path, net).astype(dtype)
        found.set_value(beside(own, found.get_value()))
