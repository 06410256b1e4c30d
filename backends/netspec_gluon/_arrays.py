"""Between NumPy arrays and the parameters of a network."""

from __future__ import annotations

from typing import Any

import mxnet as mx
import numpy as np

from netspec.contract import Array, Arrays
from netspec.declare import Parameter
from netspec.errors import BackendError
from netspec.spec import Placed, Spec, join_path
from netspec_gluon._lowering import is_own

# What Gluon calls the parameters of its own layers; the others have canonical names
NAMES = {"scale": "gamma", "shift": "beta", "slope": "alpha"}


def gluon_path(node: Placed, name: str, parameter: Parameter) -> str:
    """Where a network holds a parameter of a layer, as in `save_parameters`."""
    own = NAMES.get(parameter.role, name) if is_own(node.layer) else name
    return join_path(node.path, own)


def gluon_paths(spec: Spec) -> dict[str, str]:
    """The same for all parameters of a spec, by canonical path, in canonical order."""
    return {
        join_path(node.path, name): gluon_path(node, name, parameter)
        for node in spec.graph.walk()
        for name, parameter in node.parameters.items()
    }


def named_parameters(model: Any) -> dict[str, Any]:
    """All parameters of a network as `save_parameters` names them."""
    # Not public, but MXNet 1.9.1 is the last release, and its own loaders call it
    parameters: dict[str, Any] = model._collect_params_with_prefix()
    return parameters


def find(model: Any, path: str) -> Any:
    """The parameter at a path; the network itself where it is empty."""
    return named_parameters(model)[path] if path else model


def tensors(model: Any, spec: Spec) -> dict[str, Any]:
    """The parameters of a network by canonical path.

    Raises:
        BackendError: they are not those of the spec.
    """
    paths, parameters = gluon_paths(spec), named_parameters(model)
    for path, declared in spec.parameters().items():
        held = parameters.get(paths[path])
        if held is None or not _holds(held.shape, declared):
            shape = None if held is None else held.shape
            raise _stranger(path, f"{declared.shape}, the model one of shape {shape}")
    learned = {path for path, p in parameters.items() if p.grad_req != "null"}
    for path in sorted(learned - set(paths.values())):
        raise _stranger(path, f"None, the model one of shape {parameters[path].shape}")
    return {path: parameters[paths[path]] for path in paths}


def _holds(shape: tuple[int, ...], declared: Parameter) -> bool:
    """Whether the shape is the canonical one, but for axes that are 1 or merged."""
    same = [n for n in shape if n != 1] == [n for n in declared.shape if n != 1]
    return same or shape == (declared.size,)


def _stranger(path: str, shapes: str) -> BackendError:
    return BackendError(
        f"{path}: the spec has a parameter of shape {shapes}; give the model's own"
        " spec, or make what the layer declares agree with its block"
    )


def fill(model: Any, spec: Spec, arrays: Arrays) -> None:
    """Copy arrays into the parameters at their paths."""
    for path, parameter in tensors(model, spec).items():
        parameter.set_data(np.reshape(arrays[path], parameter.shape))


def read(model: Any, spec: Spec) -> dict[str, Array]:
    """Copies of all parameters."""
    shapes = {path: p.shape for path, p in spec.parameters().items()}
    return {
        path: parameter.list_data()[0].asnumpy().reshape(shapes[path])
        for path, parameter in tensors(model, spec).items()
    }


def to_nd(array: Array, dtype: str, context: Any) -> Any:
    """An NDArray with a copy of the values of an array; integers become int32."""
    kind = "int32" if np.issubdtype(array.dtype, np.integer) else dtype
    # mx.nd.array would take a deprecated way through SciPy
    made = mx.nd.empty(array.shape, context, kind)
    made[:] = array
    return made


def to_context(device: Any) -> Any:
    """The context that ``"cpu"``, ``"gpu"``, ``"gpu:1"`` or an object names; None is
    the current one.

    Raises:
        BackendError: it is not there, or MXNet knows no such device.
    """
    context = mx.current_context() if device is None else device
    if isinstance(device, str):
        kind, _, number = device.partition(":")
        known = kind in ("cpu", "gpu") and (number or "0").isdecimal()
        context = mx.Context(kind, int(number or 0)) if known else None
    gpus = mx.context.num_gpus()
    if not isinstance(context, mx.Context) or (
        context.device_type == "gpu" and context.device_id >= gpus
    ):
        raise BackendError(
            f"device {device!r} cannot be used: MXNet finds {gpus} GPUs here; use"
            " 'cpu', or 'gpu' where it finds one"
        )
    return context
