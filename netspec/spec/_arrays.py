"""Refuse arrays that are not the parameters of a spec: by names, shapes and dtypes, and
by values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from netspec.declare import Parameter
from netspec.errors import ParameterError, excerpt, shorten
from netspec.spec._spec import Spec

LISTED = 5  # most paths that an error names for each kind of problem
NAMED = 100  # most characters of a path
COUNTER = "num_batches_tracked"

Array = NDArray[Any]
Held = TypeVar("Held")


class Header(NamedTuple):
    """What is known of an array before its values are.

    Attributes:
        kind: the name of its class, ``"ndarray"`` for plain arrays.
        shape: sizes of its axes.
        dtype: such as ``"float32"``.
    """

    kind: str
    shape: tuple[int, ...]
    dtype: str


def check_params(spec: Spec, params: Mapping[str, Array]) -> None:
    """Refuse arrays that are not exactly the parameters of the spec; their values are
    not looked at, but that what stands under both paths of a tie is equal.

    Args:
        spec: the model.
        params: arrays by canonical path, all float32 or all float64.

    Raises:
        ParameterError: lists all problems at once: missing and unknown paths, and
            arrays of the wrong type, shape or dtype; what is tied differs.
    """
    if not isinstance(params, Mapping):
        raise ParameterError(
            f"params must map paths to NumPy arrays, received {shorten(params)}"
        )
    check_headers(spec, {name: _header(held) for name, held in params.items()})
    check_ties(spec, params, params.__getitem__)


def check_ties(spec: Spec, held: Collection[str], read: Callable[[str], Array]) -> None:
    """Refuse two arrays for one parameter, unless they are equal.

    Args:
        spec: the model.
        held: names of arrays.
        read: gives one of them.

    Raises:
        ParameterError: names a path that is tied, and differs from its owner.
    """
    for path, owner in spec.ties.items():
        if path in held and not np.array_equal(read(path), read(owner), equal_nan=True):
            raise ParameterError(
                f"{path} is tied to {owner}, and must be equal to it where it is given,"
                " received other numbers; leave it out, or the tie out of the spec"
            )


def _header(held: object) -> Header:
    if not isinstance(held, np.ndarray) or isinstance(held, np.ma.MaskedArray):
        return Header(type(held).__name__, (), "")
    return Header("ndarray", held.shape, str(held.dtype))


def check_headers(spec: Spec, headers: Mapping[str, Header]) -> None:
    """Refuse what are not exactly the parameters of the spec, before they are read.

    Raises:
        ParameterError: as `check_params`.
    """
    kept = without_counters(spec, headers)
    problems = [
        f"{what}: {_listed(names)}"
        for what, names in _problems(_expected(spec, kept), kept).items()
        if names
    ]
    if problems:
        raise ParameterError(
            f"these are not the parameters of {shorten(spec.name)}:"
            f" {'; '.join(problems)}; compare Spec.parameters()"
        )


def _expected(spec: Spec, given: Collection[str]) -> dict[str, Parameter]:
    """Return the parameters of a spec, and those that are given a second time."""
    owners: dict[str, Parameter] = {**spec.parameters()}
    again = {path: owner for path, owner in spec.ties.items() if path in given}
    return owners | {path: owners[owner] for path, owner in again.items()}


def without_counters(spec: Spec, held: Mapping[str, Held]) -> dict[str, Held]:
    """Leave out how often each BatchNorm was trained, which PyTorch counts beside the
    running statistics and netspec has no use for.
    """
    tails = len(COUNTER)
    declared = spec.parameters()
    return {
        name: value
        for name, value in held.items()
        if not (
            isinstance(name, str)
            and name.endswith(COUNTER)
            and f"{name[:-tails]}running_var" in declared
        )
    }


def _problems(
    declared: Mapping[str, Parameter], headers: Mapping[str, Header]
) -> dict[str, list[str]]:
    known = {name: headers[name] for name in declared if name in headers}
    arrays = {name: held for name, held in known.items() if held.kind == "ndarray"}
    dtypes = {held.dtype for held in arrays.values()}
    return {
        "missing": [name for name in declared if name not in headers],
        "unknown": [_text(name) for name in headers if name not in declared],
        "not a NumPy array": [
            f"{_text(name)} ({held.kind})"
            for name, held in known.items()
            if name not in arrays
        ],
        "of the wrong shape": [
            f"{_text(name)} {_text(held.shape)}, not {declared[name].shape}"
            for name, held in arrays.items()
            if held.shape != declared[name].shape
        ],
        "neither float32 nor float64": [
            f"{_text(name)} ({held.dtype})"
            for name, held in arrays.items()
            if held.dtype not in ("float32", "float64")
        ],
        "of different dtypes": sorted(dtypes) if len(dtypes) > 1 else [],
    }


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(map(_text, names[:LISTED])) + more


def _text(value: object) -> str:
    return excerpt(value if isinstance(value, str) else shorten(value), NAMED)


def check_values(
    spec: Spec, params: Mapping[str, Array], dtype: str | None = None
) -> None:
    """Refuse numbers that no model should begin with.

    Args:
        spec: the model.
        params: arrays by canonical path that `check_params` accepts.
        dtype: in which they will be used; None for their own.

    Raises:
        ParameterError: NaN or infinity, a number that the dtype cannot hold, or a
            negative one where the layer says that none may be, such as a variance.
    """
    if problem := wrong_values(spec, params, dtype):
        raise ParameterError(
            f"{problem}; train again with a lower rate, or repair the arrays, which"
            " safetensors.numpy.load_file reads from any file as they are"
        )


def wrong_values(
    spec: Spec, params: Mapping[str, Array], dtype: str | None = None
) -> str:
    """Say which values `check_values` refuses; nothing if it refuses none."""
    found: dict[str, list[str]] = {}
    for path, parameter in spec.parameters().items():
        for what, where in _wrong(parameter, params[path], dtype):
            found.setdefault(what, []).append(f"{_text(path)}{where}")
    return "; ".join(f"{what}: {_listed(places)}" for what, places in found.items())


def _wrong(
    parameter: Parameter, array: Array, dtype: str | None
) -> Iterator[tuple[str, str]]:
    low, high = array.min(), array.max()  # NaN if there is one; needs no copy
    if not np.isfinite(low) or not np.isfinite(high):
        yield "not finite", _first(array, lambda values: ~np.isfinite(values))
    elif dtype and not np.isfinite(_rounded(np.stack([low, high]), dtype)).all():
        beyond = _first(array, lambda v: ~np.isfinite(_rounded(v, dtype)))
        yield f"too large for {dtype}", beyond
    if parameter.nonnegative and low < 0:
        yield "negative, though it may not be", _first(array, lambda v: v < 0)


def _rounded(values: Array, dtype: str) -> Array:
    with np.errstate(over="ignore"):
        return values.astype(dtype)


def _first(array: Array, wrong: Callable[[Array], Array]) -> str:
    """Give index and value of the first wrong number."""
    index = np.unravel_index(int(np.argmax(wrong(array))), array.shape)
    where = f"[{', '.join(str(int(i)) for i in index)}]" if index else ""
    return f"{where} ({array[index]:.4g})"
