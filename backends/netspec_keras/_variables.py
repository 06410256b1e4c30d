"""The variables of a model by canonical path, and arrays to and from them.

``model.weights`` has an order that follows from the spec: the same in a model that was
compiled, in the net of an exported file, and in what Keras reads from a ``.keras`` file
or into which it reads a ``.weights.h5``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from netspec.contract import Array, Arrays
from netspec.errors import BackendError
from netspec.layers import Shape
from netspec.spec import Placed, Spec, join_path
from netspec_keras._lowering import held_together
from netspec_keras._names import full
from netspec_keras._program import order
from netspec_keras._weights import oriented, to_keras
from netspec_keras.layers import BIAS

Group = tuple[str, ...]


def groups(spec: Spec, model: Any = None) -> list[Group]:
    """List the canonical paths of the parameters that each of ``model.weights`` holds:
    one, or both biases of a GRU.

    Args:
        spec: of the model.
        model: a model whose layers may have an order of their own, as those with taps,
            and then have names that tell their paths.
    """
    found = [group for node in spec.graph.walk() for group in _groups_of(node)]
    wanted = order(spec)
    if not wanted:
        return found
    own = [layer.name for layer in model.layers] if model is not None else []
    names = own if {*wanted} <= {*own} else wanted
    places = {name: index for index, name in enumerate(names)}
    return sorted(found, key=lambda group: _place(group, places))


def _groups_of(node: Placed) -> Iterator[Group]:
    for names in held_together(node.layer, [*node.own]):
        yield tuple(join_path(node.path, name) for name in names)


def _place(group: Group, places: Mapping[str, int]) -> int:
    """Find the layer of the model that has the variable of a group."""
    keys = group[0].split(".")
    names = [full(".".join(keys[:-1])) + BIAS] if keys[-1] == "bias" else []
    names += [full(".".join(keys[:count])) for count in range(len(keys), 0, -1)]
    return next(places[name] for name in names if name in places)


def variables(model: Any, spec: Spec) -> dict[str, Any]:
    """Return the Keras variable that holds each parameter, by canonical path.

    Raises:
        BackendError: the model is none of this spec.
    """
    held = model.weights
    found = groups(spec, model)
    if len(held) != len(found):
        raise BackendError(
            f"the model has {len(held)} variables, the spec {len(found)}; give the"
            " model's own spec, or make what a layer declares agree with its variables"
        )
    return {
        path: variable
        for group, variable in zip(found, held, strict=True)
        for path in group
    }


def check_names(spec: Spec, model: Any) -> None:
    """Refuse a model of another spec, and a layer of a user's whose variables are not
    those that it declares.

    Raises:
        BackendError: names the first path that differs.
    """
    variables(model, spec)
    declared = spec.parameters()
    for group, variable in zip(groups(spec, model), model.weights, strict=True):
        arrays = [np.broadcast_to(np.float32(0), declared[p].shape) for p in group]
        wanted = _shape(variable, arrays)
        if wanted != tuple(variable.shape):
            raise BackendError(
                f"{group[0]}: the spec has a parameter of shape"
                f" {declared[group[0]].shape}, the model a variable of shape"
                f" {tuple(variable.shape)}; give the model's own spec, or make what the"
                " layer declares agree with its variables"
            )


def _shape(variable: Any, arrays: list[Array]) -> tuple[int, ...]:
    try:
        return to_keras(variable, arrays).shape
    except ValueError:
        return ()


def fill(model: Any, spec: Spec, params: Arrays) -> None:
    """Copy arrays by canonical path into the variables of a model."""
    check_names(spec, model)
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
        for group, variable in zip(groups(spec, model), model.weights, strict=True):
            arrays = [params[path].astype("float32") for path in group]
            variable.assign(np.ascontiguousarray(to_keras(variable, arrays)))


def to_arrays(
    model: Any, spec: Spec, values: Mapping[int, Any] | None = None
) -> dict[str, Array]:
    """Copy the values of variables, or what stands in their place, by canonical path.

    Args:
        model: has the variables.
        spec: of the model.
        values: arrays by ``id(variable)``; those of the variables if None. What is not
            there is left out.
    """
    found: dict[str, Array] = {}
    declared = spec.parameters()
    for group, variable in zip(groups(spec, model), model.weights, strict=True):
        if values is not None and id(variable) not in values:
            continue
        value = variable.value if values is None else values[id(variable)]
        shapes = [declared[path].shape for path in group]
        found |= zip(group, _canonical(variable, _array(value), shapes), strict=True)
    return {path: found[path] for path in declared if path in found}


def _array(value: Any) -> Array:
    from keras import ops

    return np.array(ops.convert_to_numpy(value))


def _canonical(variable: Any, array: Array, shapes: Sequence[Shape]) -> list[Array]:
    parts = [array] if len(shapes) == 1 else [*array]
    pairs = zip(parts, shapes, strict=True)
    return [_undone(variable, part, shape) for part, shape in pairs]


def _undone(variable: Any, array: Array, shape: Shape) -> Array:
    """Undo what `oriented` does: its permutation of places is found by it."""
    places = oriented(variable, np.arange(array.size).reshape(shape))
    undone = np.empty(array.size, array.dtype)
    undone[places.ravel()] = array.ravel()
    return undone.reshape(shape)
