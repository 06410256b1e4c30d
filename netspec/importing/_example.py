"""What a reader is given beside a model: a batch of inputs, or the shape of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netspec.errors import InputError, shorten
from netspec.layers import Shape

FLOATS = ("float32", "float64")
INTEGERS = ("int8", "uint8", "int16", "int32", "int64")


@dataclass(frozen=True)
class Example:
    """Inputs of a model.

    Attributes:
        shape: of one example.
        integers: whether they are indices.
        batch: how many the user gave; None if a shape.
    """

    shape: Shape
    integers: bool = False
    batch: int | None = None


def example_of(given: Any) -> Example:
    """Read what a user gives: a batch, as an array of any framework, or the shape of
    one example.

    Raises:
        InputError: it is neither.
    """
    if isinstance(given, Sequence) and len(given) == 1 and hasattr(given[0], "shape"):
        given = given[0]  # the arguments of a call
    if _is_shape(given):
        return Example(tuple(int(n) for n in given))
    if hasattr(given, "dtype") and len(getattr(given, "shape", ())) > 0:
        batch, *sizes = (int(n) for n in given.shape)
        return Example(tuple(sizes), _kind(given) in INTEGERS, batch)
    listed = [*given.values()] if isinstance(given, Mapping) else given
    several = listed if isinstance(listed, Sequence) else []
    if len(several) > 1 and all(hasattr(one, "shape") for one in several):
        raise InputError(
            f"example has {len(several)} inputs; a model of several inputs cannot be"
            " imported"
        )
    raise InputError(
        "example must be a batch of one input, or the shape of one example, such as"
        f" (3, 224, 224), received {shorten(given)}"
    )


def shape_of(given: Any) -> Shape:
    """Read the shape of one example.

    Raises:
        InputError: it is none.
    """
    if not _is_shape(given):
        raise InputError(
            "input_shape must be the sizes of one example, such as (3, 224, 224),"
            f" received {shorten(given)}"
        )
    return tuple(int(n) for n in given)


def _is_shape(given: Any) -> bool:
    listed = isinstance(given, Sequence) and not isinstance(given, str)
    return listed and all(map(_is_size, given))


def _is_size(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and value > 0


def _kind(array: Any) -> str:
    """Name the dtype of an array, if it is one that a spec reads."""
    dtype = array.dtype
    named = np.dtype(dtype).name if isinstance(dtype, type) else str(dtype)
    kind = named.removeprefix("torch.")
    if kind not in (*FLOATS, *INTEGERS):
        raise InputError(
            f"example is of {kind}; give float32, float64, or integers where they are"
            " indices"
        )
    return kind
