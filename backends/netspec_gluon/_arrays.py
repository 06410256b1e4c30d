"""Conversion between NumPy arrays and the parameters of a network."""

from __future__ import annotations

import re
from typing import Any

import mxnet as mx
import numpy as np

from netspec.contract import Array, Arrays
from netspec.declare import Parameter
from netspec.errors import BackendError, shorten
from netspec.spec import Spec
from netspec_gluon._names import gluon_paths, gluon_ties
from netspec_gluon.support import ties

# How Gluon saves these, as if each direction were a cell
CELL = re.compile(r"_unfused\.0\.(?:([lr])_cell\.)?([ih]2h_(?:weight|bias))$")


def share(model: Any, path: str, owner: str) -> None:
    """Put the parameter with the name `owner` in the place of that at `path`.

    Raises:
        BackendError: Gluon keeps them in different shapes.
    """
    held = named_parameters(model)
    if held[path].shape != held[owner].shape:
        raise BackendError(
            f"{path}: it cannot be tied to {owner} in Gluon, which keeps one in shape"
            f" {held[path].shape}, the other in {held[owner].shape}; leave out the tie"
        )
    block, name = model, path
    while "." in name:
        key, _, name = name.partition(".")
        block = block._children[key]
    ties.share(block, name, held[owner])


def named_parameters(model: Any) -> dict[str, Any]:
    """Return all parameters of a network by the names of `save_parameters`, but those
    of fused recurrent layers by their attributes.
    """
    # Not public, but MXNet 1.9.1 is the last release, and its own loaders call it
    parameters: dict[str, Any] = model._collect_params_with_prefix()
    return {CELL.sub(_attribute, name): found for name, found in parameters.items()}


def _attribute(saved: re.Match[str]) -> str:
    """Return the attribute of a fused layer that is saved under the name of a cell."""
    way, name = saved.groups()
    return f"{way or 'l'}0_{name}"


def find(model: Any, path: str) -> Any:
    """Find a parameter by its name in `save_parameters`; ``""`` names the network."""
    return named_parameters(model)[path] if path else model


def tensors(model: Any, spec: Spec) -> dict[str, Any]:
    """Return the parameters of a network by canonical path.

    Raises:
        BackendError: the parameters are not those of the spec.
    """
    paths, parameters = gluon_paths(spec), named_parameters(model)
    for path, declared in spec.parameters().items():
        held = parameters.get(paths[path])
        if held is None or not _holds(held.shape, declared):
            shape = None if held is None else held.shape
            raise _stranger(path, f"{declared.shape}, the model one of shape {shape}")
    tied = gluon_ties(spec)
    for path, owner in tied.items():
        if parameters.get(path) is not parameters[owner]:
            raise BackendError(
                f"{path}: the spec ties it to {owner}, the model does not; give the"
                " model's own spec"
            )
    learned = {path for path, p in parameters.items() if p.grad_req != "null"}
    learned -= set(tied)
    for path in sorted(learned - set(paths.values())):
        raise _stranger(path, f"None, the model one of shape {parameters[path].shape}")
    found = {path: parameters[name] for path, name in paths.items()}
    first = {id(held): path for path, held in reversed(found.items())}
    for path, held in found.items():
        if first[id(held)] != path:
            raise BackendError(
                f"{path}: the model ties it to {first[id(held)]}, the spec does not;"
                " give the model's own spec"
            )
    return found


def _holds(shape: tuple[int, ...], declared: Parameter) -> bool:
    """Tell whether a shape is the declared one, apart from axes of size 1 and axes that
    are merged.
    """
    same = [n for n in shape if n != 1] == [n for n in declared.shape if n != 1]
    return same or shape == (declared.size,)


def _stranger(path: str, shapes: str) -> BackendError:
    return BackendError(
        f"{path}: the spec has a parameter of shape {shapes}; give the model's own"
        " spec, or make what the layer declares agree with its block"
    )


def fill(model: Any, spec: Spec, arrays: Arrays) -> None:
    """Copy arrays by canonical path into the parameters of a network."""
    for path, parameter in tensors(model, spec).items():
        parameter.set_data(np.reshape(arrays[path], parameter.shape))


def read(model: Any, spec: Spec) -> dict[str, Array]:
    """Copy all parameters of a network, by canonical path, in canonical shape."""
    shapes = {path: p.shape for path, p in spec.parameters().items()}
    return {
        path: parameter.list_data()[0].asnumpy().reshape(shapes[path])
        for path, parameter in tensors(model, spec).items()
    }


def to_nd(array: Array, dtype: str, context: Any) -> Any:
    """Copy an array to an NDArray; integers become int32."""
    kind = "int32" if np.issubdtype(array.dtype, np.integer) else dtype
    # mx.nd.array would use a deprecated name of SciPy
    made = mx.nd.empty(array.shape, context, kind)
    made[:] = array
    return made


def to_context(device: Any) -> Any:
    """Find the context that ``"cpu"``, ``"gpu"``, ``"gpu:1"`` or an object names; None
    names the current context.

    Raises:
        BackendError: the device is missing, or MXNet knows no such device.
    """
    context = mx.current_context() if device is None else device
    if isinstance(device, str):
        kind, _, number = device.partition(":")
        known = (
            kind in ("cpu", "gpu") and (number or "0").isdecimal() and len(number) < 10
        )
        context = mx.Context(kind, int(number or 0)) if known else None
    gpus = mx.context.num_gpus()
    if not isinstance(context, mx.Context) or (
        context.device_type == "gpu" and context.device_id >= gpus
    ):
        raise BackendError(
            f"device {shorten(device)} cannot be used: MXNet finds {gpus} GPUs here;"
            " use 'cpu', or 'gpu' where it finds one"
        )
    return context
