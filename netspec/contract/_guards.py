"""Refuse what no backend can take, before its framework sees anything."""

from __future__ import annotations

import numpy as np

from netspec.contract._protocol import Array, Arrays
from netspec.errors import BackendError, InputError, SpecError, excerpt, shorten
from netspec.spec import Spec, check_dtype, check_seed


def check_spec(spec: Spec) -> None:
    """Refuse what is no Spec, such as the name of a file.

    Raises:
        SpecError: says how to get one.
    """
    if not isinstance(spec, Spec):
        raise SpecError(
            f"spec must be a Spec, received {shorten(spec)}; netspec.load(path) reads"
            " one from a file"
        )


def check_flag(name: str, value: bool) -> None:
    """Refuse what is neither True nor False, such as ``"no"``, which Python takes for
    true.

    Args:
        name: of the argument.
        value: what was given.

    Raises:
        InputError: says what was received.
    """
    if not isinstance(value, bool | np.bool_):
        raise InputError(f"{name} must be True or False, received {shorten(value)}")


def check_arguments(dtype: str, params: Arrays | None, seed: int | None) -> None:
    """Refuse a dtype that no backend has, and two sources of parameters.

    Raises:
        BackendError: the dtype is unknown, or both `params` and `seed` are given.
        NetspecError: `check_seed` refuses the seed.
    """
    check_dtype(dtype)
    if params is not None and seed is not None:
        raise BackendError(
            "params and seed both say where parameters come from; give one of them"
        )
    if seed is not None:
        check_seed(seed)


def check_input(spec: Spec, x: Array, dtype: str) -> None:
    """Refuse a batch that the model cannot take.

    Args:
        spec: the model.
        x: inputs, (batch, *input_shape).
        dtype: dtype of the model, which floating-point inputs must have.

    Raises:
        InputError: wrong type, shape, dtype or index range.
    """
    check_array("x", x)
    _check_shape("x", x, spec.input_shape)
    if spec.input_dtype == "float":
        _check_dtype("x", x, dtype)
    else:
        _check_indices(spec, x)


def check_array(name: str, array: Array) -> None:
    """Refuse what is no array, and a masked one, whose mask no framework knows.

    Raises:
        InputError: says what was received.
    """
    if isinstance(array, np.ma.MaskedArray):
        raise InputError(
            f"{name} must have no mask, which no framework knows; use"
            f" {name}.filled(value)"
        )
    if not isinstance(array, np.ndarray):
        raise InputError(f"{name} must be a NumPy array, received {_kind(array)}")


def _kind(value: object) -> str:
    return excerpt(type(value).__name__, 60)


def smallest_vocabulary(spec: Spec) -> int | None:
    """Return how many indices every layer that reads indices can look up; None if no
    layer states a bound.
    """
    bounds = (node.layer.index_bound for node in spec.graph.walk())
    return min((bound for bound in bounds if bound is not None), default=None)


def least_batch(spec: Spec) -> int:
    """Give the smallest batch on which all layers of a model can be trained."""
    nodes = spec.graph.walk()
    return max(node.layer.least_batch(node.input_shape) for node in nodes)


def has_dtype(spec: Spec) -> bool:
    """Tell whether a model has a dtype: that of its input, or of its parameters."""
    return spec.input_dtype == "float" or bool(spec.parameters())


def check_cotangent(spec: Spec, x: Array, cotangent: Array, dtype: str) -> None:
    """Refuse a cotangent that does not have one value for each output of the batch `x`.

    Raises:
        InputError: wrong type, shape or dtype.
    """
    check_array("cotangent", cotangent)
    if not has_dtype(spec):
        raise InputError(
            "a model that reads integers and has no parameters has no gradients; call"
            " forward, or give it a layer with parameters"
        )
    _check_shape("cotangent", cotangent, spec.output_shape)
    if len(cotangent) != len(x):
        raise InputError(
            f"cotangent must have one row for each example, received {len(cotangent)}"
            f" for a batch of {len(x)}"
        )
    _check_dtype("cotangent", cotangent, dtype)


def check_training_batch(spec: Spec, x: Array) -> None:
    """Refuse to train on a batch that is too small for a layer. From one value for each
    channel, BatchNorm computes a variance of 0: PyTorch raises an error, Gluon and JAX
    silently return the shift.

    Raises:
        InputError: the batch is too small; names the layer.
    """
    for node in spec.graph.walk():
        least = node.layer.least_batch(node.input_shape)
        if len(x) < least:
            kind = type(node.layer).__name__
            raise InputError(
                f"{node.path} {kind}: training needs more than one value for each"
                f" statistic, here a batch of at least {least}, received a batch of"
                f" {len(x)}; use a larger batch"
            )


def _check_shape(name: str, x: Array, shape: tuple[int, ...]) -> None:
    if x.ndim == 0 or x.shape[1:] != shape or len(x) == 0:
        wanted = ", ".join(map(str, ("batch", *shape)))
        raise InputError(
            f"{name} must have shape ({wanted}) with a batch of at least 1, received"
            f" {x.shape}"
        )


def _check_dtype(name: str, x: Array, dtype: str) -> None:
    if x.dtype != dtype:
        raise InputError(
            f"{name} must be {dtype}, the dtype of the model, received {x.dtype};"
            f" use {name}.astype({shorten(dtype)})"
        )


def _check_indices(spec: Spec, x: Array) -> None:
    if not np.issubdtype(x.dtype, np.integer):
        raise InputError(f"x must hold integers, received {x.dtype}")
    size = smallest_vocabulary(spec)
    if size is not None and (x.min() < 0 or x.max() >= size):
        raise InputError(
            f"indices must be in 0..{size - 1}, received {x.min()} to {x.max()}"
        )
